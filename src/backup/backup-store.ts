import { ConfigType, ConfigVariable, type Fact, Rotation } from '../service';

/**
 * What there is to say about a bucket of S3.
 */
export interface S3StoreProps {
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
  /** The module that has its client, and what it exports to open it. */
  readonly module: string;
  readonly file: string;
  readonly opener: string;
  readonly schemes: readonly string[];
  /** An example of its URL, without the name of a folder. */
  readonly example: string;
  /** Its secrets, none of which is needed where the machine has rights of its own. */
  readonly secrets: Readonly<Record<string, string>>;
}

const S3: Kind = {
  name: 's3',
  module: 'backup-store-s3',
  file: 's3',
  opener: 's3Buckets',
  schemes: ['s3'],
  example: 's3://acme-backups',
  secrets: {
    BACKUP_S3_ACCESS_KEY_ID: 'The access key of the stores in S3; without it, the rights of the pod',
    BACKUP_S3_SECRET_ACCESS_KEY: 'What belongs to BACKUP_S3_ACCESS_KEY_ID',
  },
};

const AZURE: Kind = {
  name: 'azure',
  module: 'backup-store-azure',
  file: 'azure-blob',
  opener: 'azureContainers',
  schemes: ['https', 'http'],
  example: 'https://acme.blob.core.windows.net/backups',
  secrets: {
    BACKUP_AZURE_ACCOUNT_KEY: 'The key of the storage account; without it, the workload identity of the pod',
  },
};

const GOOGLE: Kind = {
  name: 'google',
  module: 'backup-store-google',
  file: 'google-cloud-storage',
  opener: 'googleBuckets',
  schemes: ['gs'],
  example: 'gs://acme-backups',
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
  public static googleCloudStorage(): BackupStore {
    return new BackupStore(GOOGLE);
  }

  /** A container of Azure Blob Storage; its URL is such as `https://acme.blob.core.windows.net/backups`. */
  public static azureBlobStorage(): BackupStore {
    return new BackupStore(AZURE);
  }

  private constructor(
    private readonly kind: Kind,
    private readonly props?: S3StoreProps,
  ) {}

  /**
   * Says why nothing can be kept there, or nothing when it can.
   */
  public flaw(): string | undefined {
    if (this.props === undefined) {
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
    const endpoint = this.props?.endpoint ?? '';
    if (!URL.canParse(endpoint)) {
      return 443;
    }
    const { port, protocol } = new URL(endpoint);
    return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
  }

  /** @internal The names of its secrets. */
  public get _secrets(): string[] {
    return Object.keys(this.kind.secrets);
  }

  /** @internal What a person sets in a shell to reach it, as one line of it. */
  public get _keysInShell(): string {
    return `export ${this._secrets.map((name) => `${name}_FILE=<file>`).join(' ')}`;
  }

  /** @internal The line that imports its client into the program. */
  public get _import(): string {
    return `import { ${this.kind.opener} } from './${this.kind.module}/${this.kind.file}.js';`;
  }

  /** @internal The expression that opens it in the program, where \`config\` is the configuration. */
  public get _expression(): string {
    const { region, endpoint } = this.props ?? {};
    const members = Object.entries({ region, endpoint }).filter(([, value]) => value !== undefined);
    const props = members.map(([name, value]) => `${name}: '${value}'`).join(', ');
    return `${this.kind.opener}(config${props === '' ? '' : `, { ${props} }`})`;
  }

  /** @internal The type of the variable that holds its URL. */
  public get _urlType(): ConfigType {
    return ConfigType.url({ schemes: [...this.kind.schemes, 'file'] });
  }

  /** @internal */
  public _facts(statedBy: string): Fact[] {
    return Object.entries(this.kind.secrets).map(
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
