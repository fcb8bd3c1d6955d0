import { ConfigType, ConfigVariable, type Fact, Rotation, type WorkloadIdentity } from '../service';

/**
 * What there is to say about any store.
 */
export interface BackupStoreProps {
  /**
   * How the pods that read and write it are known to its cloud. They then have a service account of their own, and the store no key.
   *
   * @default - by a key that is a secret, or by whatever rights the machine has
   */
  readonly identity?: WorkloadIdentity;
}

/**
 * What there is to say about a bucket of S3.
 */
export interface S3StoreProps extends BackupStoreProps {
  /**
   * The region the bucket is in, such as `eu-west-1`.
   */
  readonly region: string;

  /**
   * The address of something other than AWS that speaks the protocol of S3, such as MinIO or Cloudflare R2.
   *
   * @default - AWS in that region
   */
  readonly endpoint?: string;
}

/** How a kind of store is reached. */
interface Kind {
  readonly name: string;
  readonly cloud: string;
  /** The module that has its client, and what it exports to open it. */
  readonly module: string;
  readonly file: string;
  readonly opener: string;
  readonly schemes: readonly string[];
  /** An example of its URL, without the name of a folder. */
  readonly example: string;
  /** How a person gets rights on it where there are no keys. */
  readonly login: string;
  /** Its secrets, none of which is needed where the machine has rights of its own. */
  readonly secrets: Readonly<Record<string, string>>;
}

const S3: Kind = {
  name: 's3',
  cloud: 'aws',
  module: 'backup-store-s3',
  file: 's3',
  opener: 's3Buckets',
  schemes: ['s3'],
  example: 's3://acme-backups',
  login: 'aws sso login',
  secrets: {
    BACKUP_S3_ACCESS_KEY_ID: 'The access key of the stores in S3; without it, the rights of the pod',
    BACKUP_S3_SECRET_ACCESS_KEY: 'What belongs to BACKUP_S3_ACCESS_KEY_ID',
  },
};

const AZURE: Kind = {
  name: 'azure',
  cloud: 'azure',
  module: 'backup-store-azure',
  file: 'azure-blob',
  opener: 'azureContainers',
  schemes: ['https', 'http'],
  example: 'https://acme.blob.core.windows.net/backups',
  login: 'az login',
  secrets: {
    BACKUP_AZURE_ACCOUNT_KEY: 'The key of the storage account; without it, the workload identity of the pod',
  },
};

const GOOGLE: Kind = {
  name: 'google',
  cloud: 'google',
  module: 'backup-store-google',
  file: 'google-cloud-storage',
  opener: 'googleBuckets',
  schemes: ['gs'],
  example: 'gs://acme-backups',
  login: 'gcloud auth application-default login',
  secrets: {
    BACKUP_GOOGLE_CREDENTIALS: 'The key file of a service account; without it, the workload identity of the pod',
  },
};

/**
 * Where backups are kept. Which bucket it is in an environment is said by `BACKUP_STORE_URL`, such as `s3://acme-backups`.
 *
 * @example
 * new DatabaseBackup(project, { store: BackupStore.s3({ region: 'eu-central-1' }) });
 */
export class BackupStore {
  /** A bucket of S3, or of something that speaks its protocol; its URL is such as `s3://acme-backups`. */
  public static s3(props: S3StoreProps): BackupStore {
    return new BackupStore(S3, props);
  }

  /** A bucket of Google Cloud Storage; its URL is such as `gs://acme-backups`. */
  public static googleCloudStorage(props: BackupStoreProps = {}): BackupStore {
    return new BackupStore(GOOGLE, props);
  }

  /** A container of Azure Blob Storage; its URL is such as `https://acme.blob.core.windows.net/backups`. */
  public static azureBlobStorage(props: BackupStoreProps = {}): BackupStore {
    return new BackupStore(AZURE, props);
  }

  private constructor(
    private readonly kind: Kind,
    private readonly props: BackupStoreProps & Partial<S3StoreProps>,
  ) {}

  /**
   * Says why nothing can be kept there, or nothing when it can.
   */
  public flaw(): string | undefined {
    const { identity } = this.props;
    if (identity !== undefined && identity._cloud !== this.kind.cloud) {
      return `is of another cloud than ${identity.title}, which is not known there`;
    }
    if (this.kind !== S3) {
      return undefined;
    }
    const { region, endpoint } = this.props;
    if (!/^[a-z0-9-]{2,40}$/.test(String(region))) {
      return `has the region "${region}", which is none such as eu-west-1`;
    }
    return endpoint === undefined || /^https?:\/\/[^\s/@]+\/?$/.test(endpoint)
      ? undefined
      : 'has an endpoint that is no address such as https://minio.example.com, without a path and without credentials';
  }

  /** @internal The module that has its client. */
  public get _module(): string {
    return this.kind.module;
  }

  /** @internal */
  public get _example(): string {
    return this.kind.example;
  }

  /** @internal The port it listens on, as far as its URL does not say it: `s3://` names a bucket and no machine. */
  public get _port(): number {
    const endpoint = this.props.endpoint ?? '';
    if (!URL.canParse(endpoint)) {
      return 443;
    }
    const { port, protocol } = new URL(endpoint);
    return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
  }

  /** @internal How the pods that use it are known to its cloud. */
  public get _identity(): WorkloadIdentity | undefined {
    return this.props.identity;
  }

  /** @internal The names of its secrets. */
  public get _secrets(): string[] {
    return Object.keys(this.secrets);
  }

  /** Who is known to the cloud needs no key. */
  private get secrets(): Readonly<Record<string, string>> {
    return this.props.identity === undefined ? this.kind.secrets : {};
  }

  /** @internal What a person sets in a shell to reach it, as one line of it. */
  public get _keysInShell(): string {
    return this._identity !== undefined
      ? `${this.kind.login}   # as somebody who may read it`
      : `export ${this._secrets.map((name) => `${name}_FILE=<file>`).join(' ')}`;
  }

  /** @internal The line that imports its client into the program. */
  public get _import(): string {
    return `import { ${this.kind.opener} } from './${this.kind.module}/${this.kind.file}.js';`;
  }

  /** @internal The expression that opens it in the program, where \`config\` is the configuration. */
  public get _expression(): string {
    const { region, endpoint, identity } = this.props;
    const members = Object.entries({ region, endpoint }).filter(([, value]) => value !== undefined);
    const props = members.map(([name, value]) => `${name}: '${value}'`).join(', ');
    return `${this.kind.opener}(${identity === undefined ? 'config' : '{}'}${props === '' ? '' : `, { ${props} }`})`;
  }

  /** @internal The type of the variable that holds its URL. */
  public get _urlType(): ConfigType {
    return ConfigType.url({ schemes: [...this.kind.schemes, 'file'] });
  }

  /** @internal */
  public _facts(statedBy: string): Fact[] {
    return Object.entries(this.secrets).map(
      ([name, description]) =>
        new ConfigVariable(name, {
          secret: true,
          optional: true,
          rotation: Rotation.manual({ overlap: true }),
          description,
          statedBy,
        }),
    );
  }
}
