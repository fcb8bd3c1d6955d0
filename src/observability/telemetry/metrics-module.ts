import { type Code, literal, type Member, print } from '../../runtime/node';
import { type Metric, MetricSource, type Service, type ServiceProblem } from '../../service';
import { requestSeconds } from './metrics';

/**
 * Prints `src/platform/metrics.ts`: what the service measures itself, as typed instruments.
 */
export function renderMetricsModule(service: Service): string {
  const metrics = instrumented(service);
  const makers = [...new Set(metrics.map(({ type }) => String(type)))].sort();
  const bounds = '  requestSeconds: ';
  return [
    `import { ${[...makers, 'type MetricsOf', 'measure'].join(', ')} } from './telemetry/module.js';`,
    '',
    'export const metrics = measure({',
    '  /** Upper bounds of the durations of requests, in seconds; those of latency objectives are among them. */',
    `${bounds}${print(literal(requestSeconds(service)), bounds.length, '  ')},`,
    ...(metrics.length === 0 ? ['  instruments: {},'] : ['  instruments: {', ...metrics.flatMap(printed), '  },']),
    '});',
    '',
    "declare module 'fastify' {",
    '  interface FastifyInstance {',
    '    /** What the service measures itself. */',
    '    readonly metrics: MetricsOf<typeof metrics>;',
    '  }',
    '}',
  ].join('\n');
}

/**
 * Two metrics that code would know by one name.
 */
export function instrumentProblems(service: Service): ServiceProblem[] {
  const first = new Map<string, Metric>();
  return instrumented(service).flatMap((metric) => {
    const member = memberOf(metric);
    const other = first.get(member);
    first.set(member, other ?? metric);
    return other === undefined
      ? []
      : [
          {
            place: metric.place,
            message: `is metrics.${member} in code, as is ${other.place}`,
            value: metric.name,
            fix: 'rename one of the two',
          },
        ];
  });
}

/** What the platform measures has instruments of its own. */
function instrumented(service: Service): Metric[] {
  return service.metrics.filter(({ source }) => source === MetricSource.SERVICE);
}

function printed(metric: Metric): string[] {
  const prefix = `    ${memberOf(metric)}: `;
  const members: Member[] = [{ key: 'help', code: literal(metric.help) }];
  if (metric.labels.length > 0) {
    members.push({ key: 'labels', code: literal(metric.labels) });
  }
  const values = metric.labels.filter((label) => metric.labelValues[label] !== undefined);
  if (values.length > 0) {
    const named = Object.fromEntries(values.map((label) => [label, metric.labelValues[label]]));
    members.push({ key: 'values', code: literal(named) });
  }
  if (metric.buckets !== undefined) {
    members.push({ key: 'buckets', code: literal(metric.buckets) });
  }
  if (metric.labelSetLimit !== undefined) {
    members.push({ key: 'limit', code: literal(metric.labelSetLimit) });
  }
  const call: Code = { before: `${metric.type}('${metric.name}', `, kind: '{', members, after: ')' };
  return [`    /** ${docOf(metric)} */`, `${prefix}${print(call, prefix.length, '    ')},`];
}

/** `orders_placed_total` is `ordersPlaced` in code: there, what it does says that it counts. */
function memberOf({ name }: Metric): string {
  return name.replace(/_total$/, '').replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function docOf({ help }: Metric): string {
  const text = help.replaceAll('*/', '*\\/');
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
