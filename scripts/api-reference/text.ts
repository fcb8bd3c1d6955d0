import type { Docs } from '@jsii/spec';

export const quoted = (code: string): string => `\`${code}\``;

/** What a docstring says, in the order a reader asks: what, why, what if it is left out, what goes wrong, how it looks. */
export function text(docs: Docs = {}): string {
  return [
    opening(docs),
    docs.default && `Default: ${docs.default.replace(/^- /, '')}`,
    docs.returns && `Returns ${docs.returns}`,
    docs.custom?.['throws'] && `Throws ${docs.custom['throws']}`,
    docs.see && `See ${docs.see}`,
    docs.deprecated && `Deprecated: ${docs.deprecated}`,
    docs.example && `\`\`\`ts\n${docs.example}\n\`\`\``,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** jsii ends a summary at a semicolon too; the sentence goes on in the remarks. */
function opening({ summary = '', remarks = '' }: Docs): string {
  return summary.endsWith(';') ? `${summary} ${remarks}` : [summary, remarks].filter(Boolean).join('\n\n');
}

/** An entry of a list, with what is said about it and the entries below it. */
export function entry(title: string, said: string, below = ''): string {
  const [first = '', ...rest] = said.split('\n');
  const lines = [...rest, ...(below === '' ? [] : below.split('\n'))];
  return [`- ${title}${first && `: ${first}`}`, ...lines.map((line) => line && `  ${line}`)].join('\n');
}
