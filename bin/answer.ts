/** What a command answers: words for the person at the terminal, or with `--json` the same for a program. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
}

/** Takes `--json` out of the arguments of a command. */
export function takeJson(args: readonly string[]): { json: boolean; rest: readonly string[] } {
  return { json: args.includes('--json'), rest: args.filter((argument) => argument !== '--json') };
}

export function print(answer: Answer, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text);
}
