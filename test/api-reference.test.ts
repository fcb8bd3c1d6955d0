import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assembly, TypeKind } from '@jsii/spec';
import { describe, expect, it } from 'vitest';
import { renderReference } from '../scripts/api-reference/render';

const at = (line: number, filename = 'src/shop/till.ts') => ({ line, filename });

const assembly = {
  name: 'shop',
  types: {
    'shop.Till': {
      assembly: 'shop',
      fqn: 'shop.Till',
      kind: TypeKind.Class,
      name: 'Till',
      base: 'projen.Component',
      locationInModule: at(1),
      docs: { summary: 'Takes money;', remarks: 'gives change.', example: 'new Till(project);' },
      initializer: { parameters: [{ name: 'options', optional: true, type: { fqn: 'shop.TillOptions' } }] },
      methods: [
        { name: 'preSynthesize', locationInModule: at(9), overrides: 'projen.Component' },
        {
          name: 'open',
          locationInModule: at(5),
          static: true,
          parameters: [{ name: 'code', type: { primitive: 'string' }, docs: { summary: 'four digits.' } }],
          returns: { type: { fqn: 'shop.Till' }, optional: true },
          docs: { summary: 'Opens {@link Till.drawers }.', custom: { throws: 'Error when it is locked' } },
        },
      ],
      properties: [
        {
          name: 'drawers',
          locationInModule: at(3),
          type: { collection: { kind: 'array', elementtype: { fqn: 'projen.FileBase' } } },
          docs: { summary: 'Where the money is.' },
        },
      ],
    },
    'shop.TillOptions': {
      assembly: 'shop',
      fqn: 'shop.TillOptions',
      kind: TypeKind.Interface,
      datatype: true,
      name: 'TillOptions',
      locationInModule: at(1, 'src/shop/till-options.ts'),
      properties: [
        {
          name: 'currency',
          optional: true,
          locationInModule: at(2),
          type: { fqn: 'shop.Currency' },
          docs: { summary: 'What it takes.', remarks: 'One only.', default: '- the local one' },
        },
      ],
    },
    'shop.Currency': {
      assembly: 'shop',
      fqn: 'shop.Currency',
      kind: TypeKind.Enum,
      name: 'Currency',
      locationInModule: at(1, 'src/money/currency.ts'),
      members: [{ name: 'EURO', docs: { summary: 'The euro.' } }],
    },
  },
} as unknown as Assembly;

describe('the API reference', () => {
  it('says of each type what it declares itself, in the order of the source', () => {
    expect(renderReference(assembly).split('\n\n## ').slice(1).join('\n\n## ')).toMatchInlineSnapshot(`
      "\`src/money\`

      ### Currency

      - \`EURO\`: The euro.

      ## \`src/shop\`

      ### Till

      Takes money; gives change.

      \`\`\`ts
      new Till(project);
      \`\`\`

      Extends \`projen.Component\`.

      - \`new Till(options?)\`
        - \`options\` ([\`TillOptions\`](#tilloptions))
      - \`drawers\` (\`projen.FileBase\` list): Where the money is.
      - \`Till.open(code)\` → [\`Till\`](#till) or nothing: Opens [\`Till.drawers\`](#till).

        Throws Error when it is locked
        - \`code\` (\`string\`): four digits.

      ### TillOptions

      - \`currency?\` ([\`Currency\`](#currency)): What it takes.

        One only.

        Default: the local one
      "
    `);
  });

  it('refuses a type of ours that is not exported', () => {
    const { 'shop.Currency': _, ...types } = assembly.types!;

    expect(() => renderReference({ ...assembly, types })).toThrow(
      'shop.Currency is used in the API but not part of it',
    );
  });
});

describe('API.md', () => {
  const page = readFileSync(join(__dirname, '..', 'API.md'), 'utf8');
  const headings = [...page.matchAll(/^#+ (\S+)$/gm)].map(([, heading = '']) => heading.toLowerCase());

  it('has a heading behind each link, and no two of one name', () => {
    const links = new Set([...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor));

    expect(links.size).toBeGreaterThan(90);
    expect([...links].filter((anchor) => !headings.includes(anchor!))).toEqual([]);
    expect(headings).toHaveLength(new Set(headings).size);
  });
});
