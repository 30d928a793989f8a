/**
 * Loaded into every mocha run: a run that has ended but whose process stays alive has left something open
 * (design.md section 12, rule 5), and fails with the kinds of what is open instead of hanging.
 */

const patienceMs = 15_000;

export const mochaHooks = {
  afterAll(): void {
    // An unreferenced timer fires only while something else keeps the process alive, which is just the fault.
    setTimeout(() => {
      const open = process.getActiveResourcesInfo();
      process.stderr.write(`\nThe tests are over, but these are still open: ${open.join(', ')}\n`);
      // Mocha sets the exit code in a listener of its own; this one is called after it.
      process.on('exit', () => {
        process.exitCode = 1;
      });
      process.exit(1);
    }, patienceMs).unref();
  },
};
