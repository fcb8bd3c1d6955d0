import { type Metric, Registry } from 'prom-client';

type Values = Awaited<ReturnType<Metric['get']>>;

/** What prom-client calls at a scrape, which is more than it declares. */
type Exposed = Metric & {
  readonly name: string;
  readonly type: string;
  readonly getForPromString?: () => Promise<Values>;
};

/**
 * The exposition as OpenMetrics, which has exemplars: buckets that link to a trace. prom-client renames counters for it, in place
 * and for good, so it gets stand-ins.
 */
export async function openMetrics(metrics: Registry): Promise<{ readonly body: string; readonly contentType: string }> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of metrics.getMetricsAsArray() as unknown as Exposed[]) {
    const { name, type } = metric;
    const get = async () => {
      const values = await (metric.getForPromString?.() ?? metric.get());
      // The samples of a counter end in `_total`, its name does not.
      return type === 'counter' ? { ...values, name: name.replace(/_total$/, '') } : values;
    };
    registry.registerMetric({ name, type, get } as unknown as Metric);
  }
  return { body: await registry.metrics(), contentType: registry.contentType };
}
