import { posix } from 'node:path';
import { readAsset } from './asset';

/**
 * An image somebody else makes, pinned to the bytes it had when it was looked at.
 */
export interface BaseImage {
  /** Its name with the registry, such as `docker.io/library/node`. */
  readonly image: string;
  /** What the digest was found under; for people and for update bots. */
  readonly tag: string;
  /** The digest of the image index, which stands for all platforms. */
  readonly digest: string;
}

const images: Record<string, BaseImage> = JSON.parse(readAsset(posix.join('containers', 'base-images.json')));

/**
 * An image of `assets/containers/base-images.json`.
 *
 * @throws Error when there is none of this name
 */
export function baseImage(name: string): BaseImage {
  const found = images[name];
  if (found === undefined) {
    throw new Error(`${name} is no pinned image: add it to assets/containers/base-images.json`);
  }
  return found;
}

/** As Dockerfiles and manifests write it: `docker.io/library/node:24-slim@sha256:…`. */
export function reference({ image, tag, digest }: BaseImage): string {
  return `${image}:${tag}@${digest}`;
}
