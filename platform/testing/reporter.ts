/**
 * Mocha's own report, and beside it the name and file of each failure, so that what failed can be tried once more. The
 * names go, one line each, into the file that `TEST_FAILURES_FILE` names.
 */
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

const { constants } = Mocha.Runner;

export interface NamedFailure {
  readonly file: string;
  readonly title: string;
}

export default class NamingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const list = process.env.TEST_FAILURES_FILE;
    if (list === undefined) return;
    runner.on(constants.EVENT_TEST_FAIL, (test: Mocha.Test) => {
      const failure: NamedFailure = { file: test.file ?? '', title: test.fullTitle() };
      appendFileSync(list, `${failure.file}\t${failure.title.replaceAll(/\s+/g, ' ')}\n`);
    });
  }
}
