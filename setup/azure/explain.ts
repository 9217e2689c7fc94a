import { AzureRequestError, type SetupError, messageOf } from '../errors.ts';
import { recordOf, textOf } from '../json.ts';
import { shown } from '../output.ts';

export interface Place {
  readonly organizationUrl: string;
  /** What the calls were signed with. */
  readonly source: string;
  /** Whom that belongs to, where the server has said it. */
  readonly user?: string;
}

const networkCodes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name is not known. Check the organization URL and the DNS.',
  EAI_AGAIN: 'The host name could not be looked up. Check the network and the DNS.',
  ECONNREFUSED:
    'Nothing answers there. Check the organization URL, and whether a proxy is needed (HTTPS_PROXY).',
  ECONNRESET: 'The connection was closed on the way. See whether a firewall or proxy cuts it, and try again.',
  ETIMEDOUT: 'No answer in time. Check the network, and whether a proxy is needed (HTTPS_PROXY).',
};

function adviceFor(status: number, { organizationUrl, source, user }: Place): string {
  if (status >= 300 && status < 400) {
    return `No redirect is followed, for the credentials would go along. Check the organization URL, and what stands between here and there; some organizations answer refused credentials so, too (${source}).`;
  }
  if (status === 401 || status === 203) {
    return `${organizationUrl} does not accept ${source}. Is it valid, not expired, and of this organization?`;
  }
  if (status === 403)
    return `${capital(source)}${user === undefined ? '' : `, of ${shown(user)},`} lacks this right. Ask a project administrator for it, or use another sign-in.`;
  if (status === 404)
    return `Check the spelling, also of ${organizationUrl}, and that ${user === undefined ? source : shown(user)} may see it.`;
  if (status === 429) return 'Azure DevOps limits the rate of calls. Try again in some minutes.';
  if (status >= 500) return 'Azure DevOps has a problem; see its status page, and try again.';
  return '';
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof AzureRequestError) return error.status;
  const status = recordOf(error).statusCode;
  return typeof status === 'number' ? status : undefined;
};

/** Azure DevOps' own words; never the HTML of an error page. */
function wordsOf(error: unknown): string {
  const words = shown(messageOf(error)).slice(0, 600);
  return /^\s*</.test(words) || words.startsWith('Failed request') ? '' : words;
}

/** Where a redirect leads, without a query, which may hold a token. */
function redirectOf(error: unknown): string | undefined {
  const location = textOf(recordOf(recordOf(error).responseHeaders).location);
  return URL.canParse(location) ? `go to ${new URL(location).origin}` : undefined;
}

/** A typed client that finds no resources where they must be has been given the sign-in page, or is not at Azure DevOps. */
const isNoAzure = (error: unknown): boolean => messageOf(error).includes('Failed to find api location');

/** Any failure of a call as the one message that the command ends with. Access denied comes as 400 at times, by its words. */
export function explain(what: string, error: unknown, place: Place): SetupError {
  const status = isNoAzure(error) ? 203 : statusOf(error);
  if (status === undefined) {
    const code = textOf(recordOf(error).code);
    const advice = networkCodes[code] ?? 'Check the network between here and there.';
    return new AzureRequestError(
      0,
      `Cannot ${what}: no answer from ${place.organizationUrl} (${wordsOf(error)}). ${advice}`,
      { cause: error },
    );
  }
  const words = isNoAzure(error) ? '' : (redirectOf(error) ?? wordsOf(error));
  // An expired token is refused with 401 and the words of a missing right.
  const isDenied = status !== 401 && (/^Access Denied/i.test(words) || /TF50309|TF401027/.test(words));
  const said = words === '' ? '' : `; Azure DevOps says "${words}"`;
  const advice = adviceFor(isDenied ? 403 : status, place);
  return new AzureRequestError(
    isDenied ? 403 : status,
    `Cannot ${what} -> ${status}${said}. ${advice}`.trim(),
    { cause: error },
  );
}
