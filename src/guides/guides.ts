import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { type Guide, GuideKind, Service, ServiceListener } from '../service';

/**
 * Renders the guides that capabilities state below `docs/`, with a table of contents.
 *
 * Capability pages land in `docs/`, runbooks in `docs/runbooks/`, decision records in `docs/decisions/`.
 *
 * @example
 * new Guides(project);
 */
export class Guides extends Component {
  /**
   * The guides of a project, if it has them.
   *
   * @param project any projen project
   */
  public static of(project: Project): Guides | undefined {
    return project.components.find((component): component is Guides => component instanceof Guides);
  }

  constructor(project: Project) {
    super(project, 'Guides');
    const service = Service.of(project);
    new OwnedText(project, 'docs/README.md', { owner: OWNER, text: () => renderContents(service) });
    service.subscribe(new GuideFiles(project, service));
  }
}

const OWNER: Owner = { component: 'Guides', change: 'the guides of the service' };

const SECTIONS: ReadonlyArray<readonly [kind: GuideKind, title: string, folder: string]> = [
  [GuideKind.CAPABILITY, 'How things work', ''],
  [GuideKind.RUNBOOK, 'Runbooks', 'runbooks/'],
  [GuideKind.DECISION, 'Decisions', 'decisions/'],
];

class GuideFiles extends ServiceListener {
  constructor(
    private readonly project: Project,
    private readonly service: Service,
  ) {
    super();
  }

  public override guideStated(guide: Guide): void {
    const { name } = guide;
    new OwnedText(this.project, `docs/${pathOf(guide)}`, {
      owner: { component: 'Guides', change: `the guide "${name}" of the service` },
      text: () => renderGuide(this.service, name),
    });
  }
}

/** Read late: of several who state a guide, the model says at synthesis which stands for all. */
function renderGuide(service: Service, name: string): string {
  const guide = service.guides.find((stated) => stated.name === name)!;
  return `# ${guide.title}\n\n${guide.text.render(service).trim()}`;
}

function pathOf({ name, guideKind }: Guide): string {
  const folder = SECTIONS.find(([kind]) => kind === guideKind)?.[2] ?? '';
  return `${folder}${name}.md`;
}

function renderContents(service: Service): string {
  const sections = SECTIONS.map(([kind, title]) => ({
    title,
    guides: service.guides.filter(({ guideKind }) => guideKind === kind),
  }))
    .filter(({ guides }) => guides.length > 0)
    .map(
      ({ title, guides }) =>
        `## ${title}\n\n${guides.map((guide) => `- [${guide.title}](${pathOf(guide)}): ${guide.summary}`).join('\n')}`,
    );
  return [
    `# ${service.serviceName}`,
    ...(service.description === undefined ? [] : [service.description]),
    ...sections,
  ].join('\n\n');
}
