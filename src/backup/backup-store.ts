/**
 * What there is to say about a bucket.
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

/**
 * Where backups are kept. Which bucket it is in an environment is said by `BACKUP_STORE_URL`, such as `s3://acme-backups`.
 *
 * @example
 * new DatabaseBackup(project, { store: BackupStore.s3({ region: 'eu-central-1' }) });
 */
export class BackupStore {
  /** A bucket of S3, or of something that speaks its protocol. */
  public static s3(props: S3StoreProps): BackupStore {
    return new BackupStore(props.region, props.endpoint);
  }

  /**
   * A bucket of Google Cloud Storage, through its interoperable interface. Its HMAC key goes into `BACKUP_S3_ACCESS_KEY_ID` and
   * `BACKUP_S3_SECRET_ACCESS_KEY`.
   *
   * @see https://cloud.google.com/storage/docs/interoperability
   */
  public static googleCloudStorage(): BackupStore {
    return new BackupStore('auto', 'https://storage.googleapis.com');
  }

  private constructor(
    /** The region of the bucket. */
    public readonly region: string,
    /** The address, where it is not that of AWS. */
    public readonly endpoint?: string,
  ) {}

  /**
   * Says why nothing can be kept there, or nothing when it can.
   */
  public flaw(): string | undefined {
    if (!/^[a-z0-9-]{2,40}$/.test(String(this.region))) {
      return `has the region "${this.region}", which is none such as eu-west-1`;
    }
    return this.endpoint === undefined || /^https?:\/\/[^\s/@]+\/?$/.test(this.endpoint)
      ? undefined
      : 'has an endpoint that is no address such as https://minio.example.com, without a path and without credentials';
  }
}
