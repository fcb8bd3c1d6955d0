import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Guide, type GuideProps, Service, ServiceProcess } from '../service';
import { renderPlatformIndex } from './platform-index';
import { ShutdownRules } from './shutdown-rules';
import { type HttpVariablesOptions, httpVariables } from './variables';

/**
 * What can be chosen about the HTTP server.
 */
export interface FastifyServerOptions extends HttpVariablesOptions {}

/**
 * A hardened Fastify server: typed routes, problem documents, probes, request ids, rate limit and a drain on TERM.
 *
 * It states the process `web`, its config variables and its guide, and brings the owned runtime below
 * `src/platform`. The seams are the arguments of `serve(app)` and Fastify plugins in your own code.
 *
 * @example
 * new FastifyServer(project, { port: 8080, publicProbes: true });
 */
export class FastifyServer extends Component {
  /**
   * The server of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): FastifyServer | undefined {
    return project.components.find((component): component is FastifyServer => component instanceof FastifyServer);
  }

  constructor(project: Project, options: FastifyServerOptions = {}) {
    super(project, 'FastifyServer');
    const service = Service.of(project);
    const runtime = NodeRuntime.of(project);
    runtime.installConfig();
    runtime.installPlatform('app');
    new OwnedText(project, 'src/platform/index.ts', {
      owner: OWNER,
      text: () => renderPlatformIndex(service, runtime),
    });
    for (const variable of httpVariables(options)) {
      service.state(variable);
    }
    service.state(
      ServiceProcess.web('web', {
        command: ['node', '--enable-source-maps', 'dist/main.js'],
        description: 'Answers HTTP requests',
        statedBy: 'FastifyServer',
      }),
    );
    service.state(new Guide('http', HTTP_GUIDE));
    service.addValidation(new ShutdownRules());
  }
}

const OWNER: Owner = { component: 'FastifyServer', change: 'the components of the service' };

const HTTP_GUIDE: GuideProps = {
  title: 'HTTP',
  summary: 'Routes, errors, limits, probes and how the server starts and stops',
  statedBy: 'FastifyServer',
  text: {
    render:
      () => `Routes are Fastify plugins with zod schemas: what a schema describes is validated, typed and documented from that one place.
Start at \`src/app.ts\`.

## Errors

Every error is a problem document (RFC 9457, \`application/problem+json\`). Throw \`new Problem(409, { detail: '…' })\` from
\`src/platform/http/problem.ts\` to answer with one. Anything else that is thrown becomes a 500 whose cause is in the log and not in the answer.

## Limits

\`RATE_LIMIT_MAX\` requests per \`RATE_LIMIT_WINDOW\` and client; bodies up to \`BODY_LIMIT\`; \`REQUEST_TIMEOUT\` to receive and answer a request. The client is
the peer's address, unless the peer is one of \`TRUSTED_PROXIES\`: list your load balancer's addresses there, or every user behind it shares one limit.
Browsers may call the API from the origins in \`CORS_ORIGINS\`; by default from none.

## Probes

| path | answers | used by |
| --- | --- | --- |
| \`/livez\` | 200 while the process can answer; depends on nothing | liveness: restart |
| \`/readyz\` | 200 when every required check passes; 503 names those that fail, and while draining | readiness: traffic |
| \`/startupz\` | 200 once started | startup |
| \`/health\` | a report of every check | people and uptime monitors, never a probe |

They are served on \`MANAGEMENT_PORT\`; set it to the value of \`PORT\` to serve them on the public port.

## Stopping

On TERM or INT, readiness turns 503, the server goes on for \`SHUTDOWN_DELAY\` so that load balancers notice, then takes no new connections, finishes
what it has begun, closes its backing services, and is gone within \`SHUTDOWN_GRACE\`. That is longer than \`REQUEST_TIMEOUT\`, so even the slowest request is answered.

## Trouble

- *The process exits with code 78*: the configuration is wrong; every problem is listed on standard error.
- *"port 3000 … is in use"*: another process has the port; stop it, or set \`PORT\` or \`MANAGEMENT_PORT\`.
- *429 for everybody*: all traffic comes from one proxy that is not in \`TRUSTED_PROXIES\`.`,
  },
};
