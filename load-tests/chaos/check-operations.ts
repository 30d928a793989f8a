/** What clients were promised by an answer: written once, in the order they could see, and answered alike when repeated. */
import { type Facts, keyOf, linesOf, type Violation } from './facts.ts';
import type { LineOf } from './history.ts';

interface Operation {
  readonly invoke: LineOf<'invoke'>;
  readonly answers: readonly LineOf<'ok'>[];
  readonly refused: LineOf<'fail'> | undefined;
}

export function checkOperations(facts: Facts): Violation[] {
  const operations = operationsOf(facts);
  return [
    ...operations.flatMap((operation) => checkWritten(operation, facts)),
    ...operations.flatMap(checkAnswers),
    ...[...facts.logs.keys()].flatMap((room) =>
      checkOrder(
        operations.filter(({ invoke }) => invoke.room === room),
        facts,
      ),
    ),
  ];
}

function operationsOf({ lines }: Facts): Operation[] {
  const answers = Map.groupBy(linesOf(lines, 'ok'), ({ op }) => op);
  const refusals = new Map(linesOf(lines, 'fail').map((each) => [each.op, each]));
  return linesOf(lines, 'invoke').map((invoke) => ({
    invoke,
    answers: answers.get(invoke.op) ?? [],
    refused: refusals.get(invoke.op),
  }));
}

function checkWritten({ invoke, answers, refused }: Operation, { written, logs }: Facts): Violation[] {
  const log = logs.get(invoke.room);
  if (!log) return [];
  const found = written.get(keyOf(invoke.room, invoke.commandId)) ?? [];
  const shown = [invoke.op, ...found.map(({ seq }) => `${invoke.room}#${seq}`)];
  if (found.length > 1) {
    return [{ promise: 'duplicated', what: `${invoke.op} stands ${found.length} times in the log`, shown }];
  }
  if (answers.length > 0 && found.length === 0) {
    const named = log.entries.find(({ missingAfter }) => missingAfter !== undefined);
    const what = `${invoke.op} (${invoke.method}) was acknowledged and is not in the log`;
    return named
      ? [{ promise: 'set-aside', what, shown: [...shown, `${invoke.room}#${named.seq}`] }]
      : [{ promise: 'lost', what, shown }];
  }
  if (refused && answers.length === 0 && found.length > 0) {
    const what = `${invoke.op} was refused (${refused.code}) and stands in the log`;
    return [{ promise: 'refused-yet-written', what, shown }];
  }
  return [];
}

function checkAnswers({ invoke, answers }: Operation): Violation[] {
  const [first] = answers;
  const other = answers.find(({ result }) => result !== first?.result);
  if (!first || !other) return [];
  const what = `${invoke.op} was answered ${first.result} and then ${other.result}`;
  return [{ promise: 'two-answers', what, shown: [invoke.op] }];
}

/**
 * Whatever was acknowledged before a command was sent has a smaller number: in the order of sending, no command may stand before the
 * largest number that had been acknowledged by then.
 */
function checkOrder(operations: readonly Operation[], { written }: Facts): Violation[] {
  const done = operations
    .flatMap(({ invoke, answers }) => {
      const [entry] = written.get(keyOf(invoke.room, invoke.commandId)) ?? [];
      return entry ? [{ op: invoke.op, sent: invoke.at, acknowledged: answers[0]?.at, seq: entry.seq }] : [];
    })
    .sort((a, b) => a.sent - b.sent);
  const byAnswer = done
    .flatMap((each) =>
      each.acknowledged === undefined ? [] : [{ ...each, acknowledged: each.acknowledged }],
    )
    .sort((a, b) => a.acknowledged - b.acknowledged);
  const found: Violation[] = [];
  let next = 0;
  let highest = { op: '', seq: 0 };
  for (const { op, sent, seq } of done) {
    for (let each = byAnswer[next]; each && each.acknowledged < sent; each = byAnswer[next]) {
      if (each.seq > highest.seq) highest = { op: each.op, seq: each.seq };
      next += 1;
    }
    if (seq < highest.seq) {
      const what = `${op} was sent after ${highest.op} was acknowledged, and stands before it (${seq} < ${highest.seq})`;
      found.push({ promise: 'reordered', what, shown: [highest.op, op] });
    }
  }
  return found;
}
