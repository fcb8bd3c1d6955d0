import type { AlertSpec } from './alert-spec';
import { counter, gauge, missing } from './samples';
import { scheduledJobAlerts } from './scheduled-jobs';
import { minutes, type Subject, ticket } from './subject';

/** What the cluster says about the pods. */
export function kubernetesAlerts(subject: Subject): AlertSpec[] {
  return subject.measures('kube_pod_container_status_restarts_total') && subject.service.processes.length > 0
    ? [
        restarts(subject),
        crashLoop(subject),
        memory(subject),
        throttling(subject),
        ...(subject.answers ? [replicas(subject)] : []),
        ...(subject.jobs.length > 0 ? [jobFailed(subject)] : []),
        ...scheduledJobAlerts(subject),
      ]
    : [];
}

/** The first pod of the first process, in tests. */
function pod(subject: Subject, container = 'web') {
  const name = subject.service.processes.find(({ isLongRunning }) => isLongRunning)?.name ?? container;
  return { container: name, namespace: subject.name, pod: `${subject.name}-${name}-6d4cf56db6-x7x2v` };
}

function series(name: string, labels: Record<string, string>): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`;
}

function restarts(subject: Subject): AlertSpec {
  const total = `kube_pod_container_status_restarts_total{${subject.pods}}`;
  return {
    name: 'ContainerRestarts',
    ...ticket(minutes(0)),
    summary: `${subject.name}: {{ $labels.pod }} restarts again and again`,
    description: 'A container has been restarted at least three times within half an hour.',
    expression: `sum by (namespace, pod, container) (increase(${total}[30m])) > 2.5`,
    runbook: containerRunbook(subject),
    scenario: {
      series: {
        [series('kube_pod_container_status_restarts_total', pod(subject))]: counter([0, 30], [1, 10], [0, 60]),
      },
      quietAt: 29,
      firesAt: 40,
      resolvedAt: 90,
      labels: pod(subject),
    },
  };
}

function containerRunbook(subject: Subject) {
  return {
    name: 'container-restarts',
    title: 'A container restarts again and again',
    meaning: 'Kubernetes restarts a container because it ends, or because its liveness probe fails.',
    impact: 'While it restarts, the other pods do its work. If all of them do it, nobody is served.',
    diagnosis: [
      { question: 'Why did it end?', query: `kube_pod_container_status_last_terminated_reason{${subject.pods}} == 1` },
      { question: 'What does it wait for?', query: `kube_pod_container_status_waiting_reason{${subject.pods}} == 1` },
      { question: 'What did it log before it ended? `kubectl logs --previous` has it.' },
    ],
    mitigation: [
      '`OOMKilled`: raise the memory limit until the reason is found.',
      '`Error` with exit code 78: the configuration is wrong; the log lists each problem.',
      '`ImagePullBackOff`: the image is missing, or may not be pulled.',
      'If it began with a release, roll it back.',
    ],
  };
}

function crashLoop(subject: Subject): AlertSpec {
  const waiting = `kube_pod_container_status_waiting_reason{${subject.pods}, reason=~"CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError"}`;
  return {
    name: 'ContainerCannotStart',
    ...ticket(minutes(10)),
    summary: `${subject.name}: {{ $labels.pod }} cannot start ({{ $labels.reason }})`,
    description: 'For ten minutes, a container has not come up. A release that waits for it stands still.',
    // Between two tries it runs for a moment, or waits without a reason.
    expression: `max by (namespace, pod, container, reason) (max_over_time(${waiting}[5m])) == 1`,
    runbook: containerRunbook(subject),
    scenario: {
      series: {
        [series('kube_pod_container_status_waiting_reason', { ...pod(subject), reason: 'CrashLoopBackOff' })]: [
          gauge([0, 20]),
          ...Array.from({ length: 10 }, () => `${gauge([1, 2])} ${missing(1)}`),
          gauge([0, 20]),
        ].join(' '),
      },
      quietAt: 19,
      firesAt: 40,
      resolvedAt: 60,
      labels: { ...pod(subject), reason: 'CrashLoopBackOff' },
    },
  };
}

function memory(subject: Subject): AlertSpec {
  const used = `container_memory_working_set_bytes{${subject.pods}, container!=""}`;
  const limit = `kube_pod_container_resource_limits{${subject.pods}, resource="memory"}`;
  return {
    name: 'MemoryNearLimit',
    ...ticket(minutes(10)),
    dashboard: 'Runtime',
    summary: `${subject.name}: {{ $labels.pod }} is close to its memory limit`,
    description:
      'For ten minutes, a container has used more than 90 % of its memory limit. Beyond the limit it is killed.',
    expression: `max by (namespace, pod, container) (${used})\n/ max by (namespace, pod, container) (${limit}) > 0.9`,
    runbook: {
      name: 'memory-near-limit',
      title: 'A container is close to its memory limit',
      meaning: 'A container uses more than 90 % of the memory it may use.',
      impact: 'At the limit the kernel kills it, with all it had begun.',
      diagnosis: [
        { question: 'Does it grow, or is it flat?', query: used },
        ...(subject.measures('nodejs_heap_size_used_bytes')
          ? [
              {
                question: 'Is it the heap of JavaScript, or something outside of it?',
                query: subject.own('nodejs_heap_size_used_bytes'),
              },
            ]
          : []),
      ],
      mitigation: [
        'If it grows without end, restart the pods one by one, and take a heap snapshot of the one that is left.',
        'If it is flat, the limit is too small for the load: raise it.',
      ],
    },
    scenario: {
      series: {
        [series('container_memory_working_set_bytes', pod(subject))]: gauge([100, 20], [240, 30], [100, 20]),
        [series('kube_pod_container_resource_limits', { ...pod(subject), resource: 'memory', unit: 'byte' })]: gauge([
          256, 70,
        ]),
      },
      quietAt: 19,
      firesAt: 40,
      resolvedAt: 60,
      labels: pod(subject),
    },
  };
}

function throttling(subject: Subject): AlertSpec {
  const of = (name: string) => `sum by (namespace, pod, container) (rate(${name}{${subject.pods}, container!=""}[5m]))`;
  return {
    name: 'CpuThrottled',
    ...ticket(minutes(15)),
    dashboard: 'Runtime',
    summary: `${subject.name}: {{ $labels.pod }} waits for CPU`,
    description:
      'For 15 minutes, a container has been stopped by its CPU limit in more than a quarter of all periods; requests are late for it.',
    expression: `${of('container_cpu_cfs_throttled_periods_total')}\n/ ${of('container_cpu_cfs_periods_total')} > 0.25`,
    runbook: {
      name: 'cpu-throttled',
      title: 'A container waits for CPU',
      meaning: 'The CPU limit of a container stops it in more than a quarter of all periods of 100 ms.',
      impact: 'Requests take longer, the slowest ones most; probes may time out.',
      diagnosis: [
        { question: 'How much CPU does it use?', query: of('container_cpu_usage_seconds_total') },
        {
          question: 'Which limit does it have?',
          query: `kube_pod_container_resource_limits{${subject.pods}, resource="cpu"}`,
        },
      ],
      mitigation: ['Remove the CPU limit and keep the request, or raise it.', 'If all pods are busy, add pods.'],
    },
    scenario: {
      series: {
        [series('container_cpu_cfs_throttled_periods_total', pod(subject))]: counter([0, 20], [300, 40], [0, 40]),
        [series('container_cpu_cfs_periods_total', pod(subject))]: counter([600, 100]),
      },
      quietAt: 19,
      firesAt: 50,
      resolvedAt: 80,
      labels: pod(subject),
    },
  };
}

function replicas(subject: Subject): AlertSpec {
  const of = (what: string) => `kube_deployment_${what}{${subject.deployments}}`;
  const labels = { deployment: `${subject.name}-${pod(subject).container}`, namespace: subject.name };
  return {
    name: 'PodsMissing',
    ...ticket(minutes(15)),
    summary: `${subject.name}: {{ $labels.deployment }} has fewer pods than it should`,
    description:
      'For 15 minutes, fewer pods have been available than were asked for: a release is stuck, or there is no room.',
    expression: `max by (namespace, deployment) (${of('status_replicas_available')})\n< max by (namespace, deployment) (${of('spec_replicas')})`,
    runbook: {
      name: 'pods-missing',
      title: 'Fewer pods than there should be',
      meaning: 'A deployment has had fewer available pods than it asks for, for longer than a release takes.',
      impact: 'The pods that are there carry the whole load, and the next failure is felt.',
      diagnosis: [
        { question: 'How many are there?', query: of('status_replicas_available') },
        {
          question: 'Do they wait for something?',
          query: `kube_pod_container_status_waiting_reason{${subject.pods}} == 1`,
        },
        { question: 'Is there no room? `kubectl get events` says so: `FailedScheduling`.' },
      ],
      mitigation: [
        'If a release is stuck, roll it back.',
        'If there is no room, add nodes or lower the requests.',
        'If they are up but not ready, `/readyz` of such a pod names the check that fails.',
      ],
    },
    scenario: {
      series: {
        [series('kube_deployment_status_replicas_available', labels)]: gauge([3, 20], [2, 40], [3, 20]),
        [series('kube_deployment_spec_replicas', labels)]: gauge([3, 80]),
      },
      quietAt: 19,
      firesAt: 50,
      resolvedAt: 70,
      labels,
    },
  };
}

function jobFailed(subject: Subject): AlertSpec {
  // The job of a release ends in ten digits of its hash. Whatever else begins alike may be the run of a schedule.
  const named = `${subject.name}-(${subject.jobs.join('|')})(-[0-9a-f]{10})?`;
  const jobs = `job_name=~"${named}"`;
  const began = `kube_job_status_start_time{${jobs}}`;
  const latest = (times: string) =>
    `max by (namespace, process) (\n  label_replace(\n    ${times},\n    "process", "$1", "job_name", "${named}"\n  )\n)`;
  const labels = { namespace: subject.name, process: subject.jobs[0]! };
  const run = (digits: string) => ({
    job_name: `${subject.name}-${subject.jobs[0]}-${digits}`,
    namespace: subject.name,
  });
  const [bad, good] = [run('3f0c52d9ab'), run('9b1d04e7f2')];
  return {
    name: 'JobFailed',
    ...ticket(minutes(5)),
    summary: `${subject.name}: {{ $labels.process }} has failed`,
    description: 'A job that a release depends on has failed, after all its tries; the new version waits for it.',
    // A job that failed stays for a day, also when that of a later release has succeeded.
    expression: [
      latest(`${began} and on (namespace, job_name) (kube_job_failed{${jobs}, condition="true"} == 1)`),
      latest(`kube_job_status_completion_time{${jobs}} or 0 * ${began}`),
    ].join('\n> '),
    runbook: {
      name: 'job-failed',
      title: 'A job has failed',
      meaning: 'A process that runs once per release ended with an error.',
      impact: 'The old version goes on; the new one is not ready before the job has succeeded.',
      diagnosis: [
        {
          question: 'Which job, and why?',
          query: `sum by (namespace, job_name, reason) (kube_job_status_failed{${jobs}})`,
        },
        { question: 'What did it log?' },
      ],
      mitigation: [
        'If it was `migrate`, follow `migration-failed`.',
        'Correct the reason and run the job again; jobs can be run twice.',
      ],
    },
    scenario: {
      series: {
        [series('kube_job_status_start_time', bad)]: gauge([600, 60]),
        // That which failed is still there when another has succeeded.
        [series('kube_job_failed', { ...bad, condition: 'true' })]: gauge([0, 20], [1, 40]),
        [series('kube_job_status_start_time', good)]: `${missing(40)} ${gauge([2400, 20])}`,
        [series('kube_job_status_completion_time', good)]: `${missing(42)} ${gauge([2520, 18])}`,
      },
      quietAt: 19,
      firesAt: 35,
      resolvedAt: 50,
      labels,
    },
  };
}
