import { get } from 'node:http';

/**
 * Asks a probe of the process in the same container, where no curl is: node dist/platform/probe/cli.js /livez MANAGEMENT_PORT 9464
 *
 * The port is the value of the variable, or else the number. Ends with 0 when the answer is 200, and prints it otherwise.
 */
const [path = '/livez', variable = 'MANAGEMENT_PORT', fallback = '9464'] = process.argv.slice(2);
const port = process.env[variable] ?? fallback;

const request = get({ host: '127.0.0.1', port, path, timeout: 2000 }, (response) => {
  process.exitCode = response.statusCode === 200 ? 0 : 1;
  response.pipe(process.stdout);
});
request.on('timeout', () => request.destroy(new Error('no answer within 2 s')));
request.on('error', ({ message }) => {
  process.exitCode = 1;
  process.stdout.write(`http://127.0.0.1:${port}${path}: ${message}\n`);
});
