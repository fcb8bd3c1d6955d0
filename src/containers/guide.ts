import type { GuideProps } from '../service';

/**
 * The page about the image and the local stack.
 */
export function imageGuide(): GuideProps {
  return {
    title: 'Containers',
    summary: 'The image that runs every process, and the whole stack on your machine',
    statedBy: 'ContainerImage',
    text: {
      render: ({ processes }) => `One image runs every process; which one is up to the command.

| process | kind | command |
| --- | --- | --- |
${processes.map(({ name, processKind, command }) => `| ${name} | ${processKind} | \`${command.join(' ')}\` |`).join('\n')}

\`npx projen image:build\` builds it; arguments go to the engine, such as \`--platform linux/amd64,linux/arm64\`. \`CONTAINER_ENGINE=podman\` uses another engine,
\`--secret id=npmrc,src=$HOME/.npmrc\` a private registry.

- It runs as user 10001, on a read-only file system with a writable \`/tmp\`, without any capability.
- It holds Node, \`dist/\`, the packages that code can load and what it reads. There is no shell: to look around, attach a debug container.
- The heap follows the memory limit. \`NODE_OPTIONS\` replaces that.
- \`HEALTHCHECK\` asks \`/livez\`, because engines restart what is not healthy.

## Trouble

- *"Cannot find module" in the image only*: the code loads a package that \`dependencies\` in \`package.json\` does not lead to. Add it there.
- *A file is missing in the image*: name it in the option \`files\`; \`.dockerignore\` lets in only what is named.
- *A package with an install script does not work*: none runs in the build. Use one that brings its binaries as packages.`,
    },
  };
}
