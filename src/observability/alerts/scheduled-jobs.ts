import type { ServiceProcess } from '../../service';
import type { AlertSpec, Runbook } from './alert-spec';
import { missing } from './samples';
import { minutes, type Subject, ticket } from './subject';

/** What runs on a schedule is gone before anybody could scrape it, so the cluster is asked how it went. */
export function scheduledJobAlerts(subject: Subject): AlertSpec[] {
  return subject.scheduledJobs.length === 0 ? [] : [failed(subject), stale(subject)];
}

/** A cron job of the cluster has the name of its process, and its runs have that name and a number. */
const nameOf = (subject: Subject, { name }: ServiceProcess) => `${subject.name}-${name}`;

const anyOf = (subject: Subject, jobs: readonly ServiceProcess[]) => {
  const names = jobs.map(({ name }) => name).join('|');
  return `${subject.name}-${jobs.length === 1 ? names : `(${names})`}`;
};

const lastSuccess = (subject: Subject, jobs: readonly ServiceProcess[]) =>
  `kube_cronjob_status_last_successful_time{cronjob=~"${anyOf(subject, jobs)}"}`;

const created = (subject: Subject, jobs: readonly ServiceProcess[]) =>
  `kube_cronjob_created{cronjob=~"${anyOf(subject, jobs)}"}`;

function failed(subject: Subject): AlertSpec {
  const jobs = subject.scheduledJobs;
  const runs = `job_name=~"${anyOf(subject, jobs)}-[0-9]+"`;
  const cronjob = nameOf(subject, jobs[0]!);
  const run = `job_name="${cronjob}-29381040", namespace="${subject.name}"`;
  const labels = { cronjob, namespace: subject.name };
  return {
    name: 'ScheduledJobFailed',
    ...ticket(minutes(1)),
    summary: `${subject.name}: the last run of {{ $labels.cronjob }} has failed`,
    description: 'A run has failed after all its tries, and none has succeeded since. What it does is not done.',
    // Runs that failed are kept until three others have, so a success is what resolves this.
    expression: [
      'max by (namespace, cronjob) (',
      '  label_replace(',
      `    kube_job_status_start_time{${runs}} and on (namespace, job_name) (kube_job_failed{${runs}, condition="true"} == 1),`,
      '    "cronjob", "$1", "job_name", "(.*)-[0-9]+"',
      '  )',
      ')',
      `> max by (namespace, cronjob) (${lastSuccess(subject, jobs)} or 0 * ${created(subject, jobs)})`,
    ].join('\n'),
    runbook: runbookOf(subject),
    scenario: {
      series: {
        [`kube_cronjob_created{cronjob="${cronjob}", namespace="${subject.name}"}`]: '-864000x80',
        [`kube_cronjob_status_last_successful_time{cronjob="${cronjob}", namespace="${subject.name}"}`]:
          '-86000x39 2400x40',
        [`kube_job_status_start_time{${run}}`]: `${missing(20)} 1140x59`,
        [`kube_job_failed{${run}, condition="true"}`]: `${missing(20)} 1x59`,
      },
      quietAt: 19,
      firesAt: 30,
      // The run that failed is still there.
      resolvedAt: 50,
      labels,
    },
  };
}

function stale(subject: Subject): AlertSpec {
  const byPatience = new Map<number, ServiceProcess[]>();
  for (const job of subject.scheduledJobs) {
    byPatience.set(patienceOf(job), [...(byPatience.get(patienceOf(job)) ?? []), job]);
  }
  const groups = [...byPatience].sort(([a], [b]) => a - b);
  const [patience, [job]] = groups[0] as [number, [ServiceProcess]];
  const cronjob = nameOf(subject, job);
  const over = Math.ceil(patience / 60);
  const labels = { cronjob, namespace: subject.name };
  return {
    name: 'ScheduledJobStale',
    ...ticket(minutes(5)),
    summary: `${subject.name}: {{ $labels.cronjob }} has not succeeded for more than two of its turns`,
    description: 'It does not run, or never gets done. What it does is not done.',
    // What has never succeeded has no time of it; it had its time since it was created.
    expression: groups
      .map(
        ([seconds, jobs]) =>
          `time() - max by (namespace, cronjob) (${lastSuccess(subject, jobs)} or ${created(subject, jobs)}) > ${seconds}`,
      )
      .join('\nor\n'),
    runbook: runbookOf(subject),
    scenario: {
      // One that is new, and has never succeeded before its second turn is over.
      series: {
        [`kube_cronjob_created{cronjob="${cronjob}", namespace="${subject.name}"}`]: `0x${over + 40}`,
        [`kube_cronjob_status_last_successful_time{cronjob="${cronjob}", namespace="${subject.name}"}`]: `${missing(over + 20)} ${(over + 20) * 60}x20`,
      },
      quietAt: over - 1,
      firesAt: over + 10,
      resolvedAt: over + 30,
      labels,
    },
  };
}

/** Seconds in which it has had two turns. */
function patienceOf({ schedule, deadline }: ServiceProcess): number {
  return 2 * (schedule?.longestPause.toSeconds() ?? 0) + (deadline?.toSeconds() ?? 0);
}

function runbookOf(subject: Subject): Runbook {
  const jobs = subject.scheduledJobs;
  const cronjobs = `cronjob=~"${anyOf(subject, jobs)}"`;
  return {
    name: 'scheduled-job-failed',
    title: 'A scheduled job fails, or does not run',
    meaning: `What runs on a schedule has not succeeded: ${jobs.map(({ name, description }) => `\`${name}\` (${description})`).join(', ')}.`,
    impact: 'Requests are served. What the job does is not done, and piles up until somebody notices.',
    diagnosis: [
      {
        question: 'How many hours ago did each succeed last? What never has is missing here.',
        query: `(time() - ${lastSuccess(subject, jobs)}) / 3600`,
      },
      {
        question: 'Which runs failed, and why?',
        query: `sum by (namespace, job_name, reason) (kube_job_status_failed{job_name=~"${anyOf(subject, jobs)}-[0-9]+"})`,
      },
      {
        question: 'Is one suspended?',
        query: `kube_cronjob_spec_suspend{${cronjobs}} == 1`,
      },
      {
        question:
          'What did it log? `kubectl logs job/<job_name>`; the last three that failed are kept. Exit code 78: the configuration is wrong.',
      },
      {
        question:
          'Does none start? `kubectl describe cronjob` says so: a start was missed, or the last run is still there.',
      },
    ],
    mitigation: [
      'Correct the reason, then run it by hand: `kubectl create job --from=cronjob/<cronjob> <cronjob>-$(date +%s)`.',
      'If it takes longer than its deadline, raise `deadline` in `.projenrc.ts`, or have it do less at a time.',
      'If it was suspended on purpose, silence the alert for as long.',
    ],
  };
}
