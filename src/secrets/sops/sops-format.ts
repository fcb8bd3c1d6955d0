/**
 * How the files that SOPS encrypts are written.
 */
export enum SopsFormat {
  /** `secrets/<environment>.enc.yaml`. */
  YAML = 'yaml',
  /** `secrets/<environment>.enc.env`, for tools that read `.env` files only. */
  DOTENV = 'env',
}
