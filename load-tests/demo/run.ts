/** Runs the demo for a person, or for a program (`--json`). */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { type Emergency, playEmergency } from './emergency.ts';
import { drawOnGlasses, type MarksResult, problemsOf } from './marks.ts';
import { measureEmergency, type Seen } from './measure.ts';
import {
  closeRoom,
  KEPT_HOURS,
  type RecordingResult,
  type VerifyOptions,
  verifyRecording,
  watchDurable,
} from './recording.ts';

type Say = (text: string) => void;
type Looked = Pick<VerifyOptions, 'durableLagMs' | 'signal'>;

/** A terminal and the program that started this one pass the same Ctrl-C on; one after this time is a person's second. */
const REPEAT_MS = 1000;

/** Returns the exit code: 0 only when everything that the demo shows truly happened. Ctrl-C ends it, its data removed. */
export async function runDemo(options: { json: boolean; port: number }): Promise<number> {
  const say = (text: string) => process.stderr.write(`  ${text}\n`);
  const quitting = new AbortController();
  const asked = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const onSignal = () => {
    if (askedAt !== undefined && performance.now() - askedAt > REPEAT_MS) process.exit(130);
    askedAt ??= performance.now();
    quitting.abort();
    asked.resolve();
  };
  // They stay to the end: a signal that comes twice must not take away the time to remove the data.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await play({ ...options, say, signal: quitting.signal, quit: asked.promise });
  } catch (error) {
    if (!quitting.signal.aborted) throw error;
    return 130;
  }
}

interface Play {
  readonly json: boolean;
  readonly port: number;
  readonly say: Say;
  readonly signal: AbortSignal;
  /** Resolves with the first Ctrl-C. */
  readonly quit: Promise<void>;
}

async function play({ json, port, say, signal, quit }: Play): Promise<number> {
  const emergency = await playEmergency({ port, signal, onStep: say });
  const durable = watchDurable(emergency);
  try {
    await exchangeWords(emergency);
    say('A crew member’s glasses join; the doctor draws into the view of a moving head');
    const marks = await drawOnGlasses(emergency);
    sayMarks(marks, say);
    say('The doctor zooms into the picture');
    await zoomIn(emergency);
    say('Measuring at the doctor’s screen');
    const seen = await measureEmergency(emergency);
    const result = { ...seen, marks, problems: [...seen.problems, ...problemsOf(marks)] };
    const durableLagMs = durable.longestMs();
    if (json) return await finish(emergency, result, { durableLagMs, signal }, say);
    const { width, height, fps } = result.video;
    say(
      `The doctor sees ${width} × ${height} at ${fps} frames a second and hears the crew (${result.audioLevel}).`,
    );
    sayProblems(result.problems, say);
    await showAround(emergency, { durableLagMs, signal }, quit, say);
    return 0;
  } finally {
    say('Ending, and removing the data');
    durable.close();
    await emergency.close();
  }
}

/** Closes the room and prints everything as one JSON object. */
async function finish(
  emergency: Emergency,
  seen: Seen & { readonly marks: MarksResult },
  looked: Looked,
  say: Say,
): Promise<number> {
  await closeRoom(emergency);
  say('The room is closed; its recording is checked and sealed');
  const { recording, problems: more } = await verifyRecording(emergency, { ...looked, keep: true });
  sayRecording(recording, say);
  say(`A copy without its keys stays for ${KEPT_HOURS} hours: the next run after that removes it.`);
  const problems = [...seen.problems, ...more];
  sayProblems(problems, say);
  const ok = problems.length === 0 && recording.verified;
  process.stdout.write(`${JSON.stringify({ ...seen, ok, problems, recording })}\n`);
  return ok ? 0 : 1;
}

/** Lets a person look at the call; once the room is closed, at its sealed recording; until Ctrl-C. */
async function showAround(
  emergency: Emergency,
  looked: Looked,
  quit: Promise<void>,
  say: Say,
): Promise<void> {
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  const enter = lines ? once(lines, 'line').then(() => closeRoom(emergency)) : quit;
  const closed = untilClosed(emergency);
  try {
    invite(emergency);
    await Promise.race([quit, enter, closed]);
    if (looked.signal.aborted) return;
    say('The room is closed; its recording is checked and sealed');
    const { recording, problems } = await verifyRecording(emergency, { ...looked, keep: false });
    sayRecording(recording, say);
    sayProblems(problems, say);
    say(`Play it back:  ${emergency.stack.origin}/review/${emergency.roomId}   (as reviewer)`);
    say('Ctrl-C ends the demo and removes its data, the recording too.');
    await quit;
  } finally {
    lines?.close();
  }
}

function untilClosed({ stack, roomId }: Emergency): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = stack.signaling.rooms.at(roomId).observe((_, { phase }) => {
      if (phase === 'closed') resolve();
    });
    listening.catch(reject);
  });
}

function sayRecording({ path, tracks, gaps, verified, ...found }: RecordingResult, say: Say): void {
  const { durationMs, bytes, decoded, segments, durableLagMs, sealMs } = found;
  say(
    `Recorded: ${(durationMs / 1000).toFixed(1)} s, ${tracks} tracks, ${(bytes / 1e6).toFixed(1)} MB, at most ${durableLagMs} ms behind on the disk, ${gaps} gaps.`,
  );
  say(
    `Sealed after ${(sealMs / 1000).toFixed(1)} s; ${decoded} of ${segments} segments decode; verify says: ${verified ? 'whole' : 'NOT WHOLE'}.`,
  );
  say(`The package: ${path}`);
}

function sayMarks({ errorPercent, wrong, shown, naivePercent }: MarksResult, say: Say): void {
  say(
    `The mark is off by ${errorPercent.toFixed(2)} % of the width, ${wrong} times in a wrong place, shown in ${Math.round(shown * 100)} % of the pictures; left where it was drawn it would be off by ${naivePercent.toFixed(0)} %.`,
  );
}

function sayProblems(problems: readonly string[], say: Say): void {
  for (const problem of problems) say(`Not as it should be: ${problem}.`);
}

/** Zoom counts as size: only now does the picture come in 4K. The stage takes keys when nothing else has them. */
async function zoomIn({ doctor }: Emergency): Promise<void> {
  await doctor.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  for (let i = 0; i < 4; i += 1) await doctor.keyboard.press('+');
}

/** The doctor writes, and the ambulance's page shows it. */
async function exchangeWords({ doctor, ambulance }: Emergency): Promise<void> {
  const text = 'Aspirin 300 mg, please. What is the blood pressure?';
  const field = doctor.getByRole('textbox', { name: /message/i });
  await field.fill(text);
  await field.press('Enter');
  await ambulance.getByText(text).first().waitFor({ timeout: 60_000 });
}

function invite({ stack, roomId }: Emergency): void {
  const [password] = stack.demo.people.map((person) => person.password);
  const names = stack.demo.people.map(
    ({ username, roles }) => `    ${username.padEnd(14)} ${roles.join(', ')}`,
  );
  const how = process.stdin.isTTY ? 'Enter, or the doctor in the room,' : 'The doctor in the room';
  process.stderr.write(`
  Look at it:   ${stack.origin}/
  Ambulance:    ${stack.origin}/ambulance/${roomId}   (as paramedic)
  Consult:      ${stack.origin}/consult/${roomId}     (as doctor, cardiologist, …)
  Recording:    ${stack.origin}/review/${roomId}      (as reviewer, also while it goes on)
  Audit:        ${stack.origin}/audit                 (as auditor: who looked at it)
  Password of everyone: ${password}
${names.join('\n')}

  The browser warns about the certificate, since it belongs to this demo alone.
  ${how} closes the room: its recording is then checked, sealed and verified.
  Ctrl-C ends the demo and removes its data.
`);
}
