import type { Lab } from '../lab.ts';
import { type Answer, type Question, compared } from '../question.ts';

/** A call that reads, signed as the buttons of approvals are, by a token that nobody has. */
async function askWithWrongToken(lab: Lab): Promise<Answer> {
  const { organizationUrl } = await lab.azure();
  const headers = {
    authorization: `Basic ${Buffer.from(':nobody').toString('base64')}`,
    'x-tfs-fedauthredirect': 'Suppress',
  };
  const url = `${organizationUrl}/_apis/hooks/subscriptionsquery?api-version=7.1-preview.1`;
  const { status } = await lab.post(url, headers, { publisherId: 'tfs' });
  return compared('401', String(status));
}

/** Questions about the sign-in to Azure DevOps. */
export const signInQuestions: readonly Question[] = [
  {
    id: 'refused-credentials',
    claim:
      'Azure DevOps answers refused credentials with 401, and not with its sign-in page, where `X-TFS-FedAuthRedirect` is `Suppress`',
    matters:
      '[Approve in Port](service-hooks.md#approve-in-port): by a sign-in page, a button whose token has ended would seem to have decided',
    ask: { does: 'calls Azure DevOps with a wrong token', makes: [], ask: askWithWrongToken },
  },
];
