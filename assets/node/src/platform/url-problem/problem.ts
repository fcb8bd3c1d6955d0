/** What is wrong with the URL of a database, as a sentence that a person can act on. It holds no credentials. */
export class UrlProblem extends Error {
  override readonly name = 'UrlProblem';
}
