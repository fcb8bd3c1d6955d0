import { type IResolver, ObjectFile, type Project } from 'projen';
import { OwnedYaml, type Owner } from '../files';

const OWNER: Owner = { component: 'K8sManifests', change: 'service.kubernetes and the option kubernetes' };

/**
 * One object of Kubernetes, or one patch, in a file of its own. Without content there is no file.
 */
export class Manifest extends OwnedYaml {
  constructor(project: Project, path: string, obj: () => object | undefined) {
    super(project, path, { owner: OWNER, obj, annotate: quoteSwitches });
  }

  /** What the file will hold, with the overrides of `.projenrc.ts`. Known once all facts are. */
  public content(): any {
    return rendered(this);
  }

  /** What the overrides of `.projenrc.ts` make of something else than the file is to hold. */
  public overriding(obj: object): any {
    return rendered(Object.create(this, { obj: { value: obj } }));
  }
}

function rendered(manifest: Manifest): any {
  const json = (ObjectFile.prototype as unknown as Renderer).synthesizeContent.call(manifest, PLAIN);
  return json === undefined ? undefined : JSON.parse(json);
}

/** Kubernetes reads YAML 1.1, in which a plain `Off` or `no` is a boolean. */
function quoteSwitches(yaml: string): string {
  return yaml.replace(/^(\s*(?:- )*(?:- |[\w./"-]+: ))(y|yes|n|no|on|off)$/gim, '$1"$2"');
}

interface Renderer {
  synthesizeContent(resolver: IResolver): string | undefined;
}

/** Evaluates what is lazy. */
const PLAIN: IResolver = {
  resolve: (value: any) => {
    const known = typeof value === 'function' ? value() : value;
    return known === undefined ? undefined : JSON.parse(JSON.stringify(known));
  },
};
