export * from './backup-store';
export * from './database-backup';
export * from './options';
export * from './point-in-time-recovery';
