import type { Assembly, Type } from '@jsii/spec';
import { byName, enumerationMembers, typeMembers } from './members';
import { TypeReferences } from './references';
import { text } from './text';

const INTRODUCTION = `# API

Every type this library exports, by the folder of \`src/\` it lives in. A type lists what it declares itself; what it inherits is
described where "Extends" leads, and for \`projen\` and \`constructs\` in [their own reference](https://projen.io/docs/api/projen).
\`npx projen docgen\` writes this page from the comments in the code.`;

/**
 * The reference of an assembly as Markdown.
 *
 * jsii-docgen repeats on each type what it inherits from projen, and each member in a table and in a section, which
 * makes two thirds of its page.
 */
export function renderReference(assembly: Assembly): string {
  const types = Object.values(assembly.types ?? {}).sort(byName);
  const references = new TypeReferences(assembly.name, types);
  const folders = [...new Set(types.map(folderOf))].sort();
  const inFolder = (folder: string) => types.filter((type) => folderOf(type) === folder);

  const contents = folders.map((folder) => {
    const links = inFolder(folder).map((type) => references.link(type.fqn));
    return `- \`src/${folder}\`: ${links.join(', ')}`;
  });
  const sections = folders.flatMap((folder) => [
    `## \`src/${folder}\``,
    ...inFolder(folder).map((type) => renderType(type, references)),
  ]);
  return references.linked(`${[INTRODUCTION, contents.join('\n'), ...sections].join('\n\n')}\n`);
}

function folderOf(type: Type): string {
  return type.locationInModule!.filename.split('/').slice(1, -1).join('/') || '.';
}

function renderType(type: Type, references: TypeReferences): string {
  const blocks = [`### ${type.name}`, text(type.docs), extension(type, references)];
  const id = type.docs?.custom?.['pjid'];
  if (id !== undefined) {
    blocks.push(`In \`projen new\` its name is \`${id}\`.`);
  }
  const members = type.kind === 'enum' ? enumerationMembers(type) : typeMembers(type, references);
  blocks.push(members.join('\n'));
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** What kind of type it is and where the rest of its members are. */
function extension(type: Type, references: TypeReferences): string {
  if (type.kind === 'enum') {
    return '';
  }
  const bases = [...(type.kind === 'class' && type.base ? [type.base] : []), ...(type.interfaces ?? [])];
  const abstract = type.kind === 'class' && type.abstract ? 'Abstract. ' : '';
  return `${abstract}${bases.length > 0 ? `Extends ${bases.map((fqn) => references.link(fqn)).join(', ')}.` : ''}`.trim();
}
