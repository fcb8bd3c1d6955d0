import type { SopsFormat } from './sops-format';
import type { SopsRecipient } from './sops-recipient';

/**
 * What there is to say about secrets in files that SOPS encrypts.
 */
export interface SopsOptions {
  /**
   * Who can decrypt the secrets of each environment, by its name.
   *
   * Whoever deploys an environment needs a key of its own here: the cluster, the server or the pipeline.
   */
  readonly recipients: Record<string, SopsRecipient[]>;

  /**
   * How the files are written.
   *
   * @default SopsFormat.YAML
   */
  readonly format?: SopsFormat;
}
