import { IgnoreFile, type Project } from 'projen';

/**
 * What the npm package carries: an allowlist, so that a new folder stays out until someone wants it in.
 */
export class PackageContents extends IgnoreFile {
  constructor(project: Project) {
    super(project, '.npmignore', { filterCommentLines: false, filterEmptyLines: false });
    this.exclude('/*');
    this.include('/lib/', '/assets/', '/API.md', '/CHANGELOG.md');
    this.exclude(
      '/assets/*/node_modules/',
      '/assets/*/bench/',
      '/assets/*/test/',
      '/assets/*/tsconfig.json',
      '/assets/*/vitest.config.*',
    );
    // jsii-pacmak adds these three when it does not find them.
    this.exclude('dist');
    this.include('.jsii', '.jsii.gz');
  }
}
