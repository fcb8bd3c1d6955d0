import type { Project } from 'projen';
import { OwnedToml, type Owner } from '../files';
import { ConfigShape, type ConfigVariable, type Service } from '../service';
import { keyText } from './dot-env';

const OWNER: Owner = { component: 'SecretsConfig', change: 'service.config.add(…)' };

/**
 * The rules of `secrets:scan`: those of gitleaks, and one for each secret of the service.
 */
export class SecretScan {
  constructor(project: Project, service: Service) {
    new OwnedToml(project, '.gitleaks.toml', { owner: OWNER, obj: () => scanRules(service) });
  }
}

function scanRules(service: Service): object {
  return {
    title: `Secrets of ${service.serviceName}`,
    extend: { useDefault: true },
    allowlists: [
      {
        description: 'What is never committed',
        paths: ['(^|/)(node_modules|dist|coverage|\\.data|\\.git|\\.secrets)/', '(^|/)\\.env(\\.local)?$'],
      },
    ],
    rules: service.configVariables.filter(({ secret }) => secret).map((variable) => ruleFor(service, variable)),
  };
}

/** A value that stands behind the name of the secret, as in a `.env` file, in YAML or in code. */
function ruleFor(service: Service, { name, description, type, example }: ConfigVariable): object {
  const places = service.secretReferences.filter(({ variable }) => variable === name);
  const known = [
    ...new Set([
      ...places.flatMap((place) => [place.key, keyText(place)]),
      ...(example === undefined ? [] : [example]),
    ]),
  ].sort();
  return {
    id: `config-${name.toLowerCase().replaceAll('_', '-')}`,
    description: `${name}: ${description}`,
    regex: `\\b${name}["'\`]?\\s*(?::|=|:=|=>)\\s*["'\`]?(${patternOf(type.shape)})`,
    secretGroup: 1,
    keywords: [name.toLowerCase()],
    allowlists: [
      {
        description: 'What says where the value comes from, or stands for it',
        regexTarget: 'secret',
        regexes: [
          '^(process|config|secrets|vars|env|os|options|types|undefined|null|true|false|optional|required)\\b',
          '(//|@)(localhost|127\\.0\\.0\\.1|\\[::1\\])[:/]',
          // A word of prose.
          '^[A-Za-z]?[a-z]+$',
          ...known.map((text) => `^${escaped(text)}$`),
        ],
      },
    ],
  };
}

/** Names of other things follow a secret's name too; what is one thing only is looked for as that. */
function patternOf(shape: ConfigShape): string {
  switch (shape) {
    case ConfigShape.URL:
      // The address of a database is no secret without a password; that of a webhook is one as a whole.
      return '[a-z][a-z0-9+.-]*://[^\\s:/@"\'`]*:[^\\s:/@"\'`${<]+@[^\\s"\'`]+|https?://[^\\s"\'`$<{]{8,}';
    case ConfigShape.KEYS:
      return '[\\w+/=-]{32,}(?:,[\\w+/=-]{32,})*';
    default:
      return '[^\\s"\'`$<{(\\[=%#,;:/&|*][^\\s"\'`,;]{7,}';
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
