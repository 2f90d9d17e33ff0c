import { httpAddress } from '#domain/text.ts';

/** Whether a setting is the http(s) address of a server or of a folder there: no query, no fragment, no user. */
export function isBaseAddress(text: string): boolean {
  const address = httpAddress(text);
  return address !== undefined && !/[?#]/.test(text);
}

/** A base address as `URL` writes it, with one slash at its end: what stands below it then begins with it, and no other host does. */
export function baseAddress(text: string): string {
  return (httpAddress(text) ?? text).replace(/\/*$/, '/');
}

/**
 * The address of an object below a base, or undefined for a path that would not stay there. The path is the object's name: `#`, `?` and `%`
 * in it belong to the name, and so does a slash at its begin.
 */
export function addressBelow(base: string, path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some(isOdd) || parts.join('') === '' || !path.isWellFormed()) return undefined;
  const root = baseAddress(base);
  const address = httpAddress(`${root}${parts.map(encodeURIComponent).join('/')}`);
  return address?.startsWith(root) === true ? address : undefined;
}

/** What servers and proxies may read as a way out of the folder, or as the end of a line. */
function isOdd(part: string): boolean {
  return part === '.' || part === '..' || /[\\\u0000-\u001f\u007f]/.test(part);
}
