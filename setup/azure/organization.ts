import { isLoopback } from '../../tasks/common/network/proxy.ts';
import { UsageError } from '../errors.ts';

/**
 * The URL of an organization (Azure DevOps Services) or collection (Server), without a trailing slash. A bare name is
 * an organization of the Services.
 * @throws UsageError
 */
export function readOrganizationUrl(text: string | undefined): string {
  if (text === undefined || text.trim() === '') {
    throw new UsageError(
      'Which organization? Give --organization https://dev.azure.com/NAME, or the URL of a collection.',
    );
  }
  const given = text.trim();
  if (/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(given)) return `https://dev.azure.com/${given}`;
  if (!URL.canParse(given)) {
    throw new UsageError(`"${given}" is no organization. Give its URL, such as https://dev.azure.com/NAME.`);
  }
  const url = new URL(given);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      'Leave user name and password out of the organization URL; see "Sign-in" in docs/setup.md.',
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new UsageError(`${url.origin} would be sent the credentials unencrypted. Use https://.`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (url.hostname === 'dev.azure.com' && path.split('/').length !== 2) {
    throw new UsageError(`"${given}" is no organization. Leave the project out: https://dev.azure.com/NAME.`);
  }
  return url.origin + path;
}

/** The host of classic releases is another one in the Services, by both of its names, and the same one on a Server. */
export const releaseUrl = (organizationUrl: string): string =>
  organizationUrl
    .replace(/^https:\/\/dev\.azure\.com(?=\/)/, 'https://vsrm.dev.azure.com')
    .replace(/^https:\/\/([^./]+)\.visualstudio\.com(?=\/|$)/, 'https://$1.vsrm.visualstudio.com');

/** What Port calls the organization in an action: the last part of its URL. */
export const organizationName = (organizationUrl: string): string => {
  const url = new URL(organizationUrl);
  const legacy = /^([^.]+)\.visualstudio\.com$/.exec(url.hostname);
  return legacy?.[1] ?? decodeURIComponent(url.pathname.split('/').findLast((part) => part !== '') ?? '');
};
