/** Runs the demo for a person, or for a program (`--json`). */
import { once } from 'node:events';
import { type Emergency, playEmergency } from './emergency.ts';
import { measureEmergency } from './measure.ts';

/** Returns the exit code: 0 only when everything that the demo shows truly happened. */
export async function runDemo(options: { json: boolean; port: number }): Promise<number> {
  const say = (text: string) => process.stderr.write(`  ${text}\n`);
  const emergency = await playEmergency({ port: options.port, onStep: say });
  try {
    await exchangeWords(emergency);
    say('The doctor zooms into the picture');
    await zoomIn(emergency);
    say('Measuring at the doctor’s screen');
    const result = await measureEmergency(emergency);
    if (options.json) {
      process.stdout.write(`${JSON.stringify(result)}\n`);
      return result.ok ? 0 : 1;
    }
    const { width, height, fps } = result.video;
    say(
      `The doctor sees ${width} × ${height} at ${fps} frames a second and hears the crew (${result.audioLevel}).`,
    );
    for (const problem of result.problems) say(`Not as it should be: ${problem}.`);
    invite(emergency);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    say('Ending, and removing the data');
    return 0;
  } finally {
    await emergency.close();
  }
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
  await ambulance.getByText(text).first().waitFor({ timeout: 30_000 });
}

function invite({ stack, roomId }: Emergency): void {
  const [password] = stack.demo.people.map((person) => person.password);
  const names = stack.demo.people.map(
    ({ username, roles }) => `    ${username.padEnd(14)} ${roles.join(', ')}`,
  );
  process.stderr.write(`
  Look at it:   ${stack.origin}/
  Ambulance:    ${stack.origin}/ambulance/${roomId}   (as paramedic)
  Consult:      ${stack.origin}/consult/${roomId}     (as doctor, cardiologist, …)
  Password of everyone: ${password}
${names.join('\n')}

  The browser warns about the certificate, since it belongs to this demo alone.
  Ctrl-C ends the demo and removes its data.
`);
}
