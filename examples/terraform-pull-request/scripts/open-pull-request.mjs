// Puts a Terraform file onto a branch of its own and opens a pull request, by the interface of Azure Repos and with the job's
// own token: no git, no az, nothing to install. Node runs it alike on Linux, macOS and Windows.
const { BUCKET = '', REGION = '', TERRAFORM_FOLDER = '', SYSTEM_ACCESSTOKEN = '' } = process.env;
const { SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT = '', BUILD_REPOSITORY_NAME = '' } = process.env;
const { BUILD_SOURCEBRANCH, BUILD_SOURCEVERSION } = process.env;

// What a user typed is checked before it is used or printed: the agent obeys ##vso[ in any output.
if (!/^[a-z][a-z0-9-]{2,39}$/.test(BUCKET))
  fail("A bucket's name has 3 to 40 small letters, digits and hyphens.");
if (!/^[a-z0-9-]{1,40}$/.test(REGION)) fail('The field region is refused.');

const project = `${SYSTEM_COLLECTIONURI}${encodeURIComponent(SYSTEM_TEAMPROJECT)}`;
const repository = encodeURIComponent(BUILD_REPOSITORY_NAME);
const branch = `refs/heads/port/bucket-${BUCKET}`;
const path = `/${TERRAFORM_FOLDER}/${BUCKET}.tf`.replace(/\/(?:\.?\/)+/g, '/');
const title = `Add the bucket ${BUCKET}`;
const content = `module "${BUCKET}" {
  source = "./modules/bucket"
  name   = "${BUCKET}"
  region = "${REGION}"
}
`;

// A name of zeros is a branch that is not there yet; its commit follows the one that this pipeline runs.
await post('pushes', {
  refUpdates: [{ name: branch, oldObjectId: '0'.repeat(40) }],
  commits: [
    {
      comment: title,
      parents: [BUILD_SOURCEVERSION],
      changes: [{ changeType: 'add', item: { path }, newContent: { content, contentType: 'rawtext' } }],
    },
  ],
});
const { pullRequestId } = await post('pullrequests', {
  sourceRefName: branch,
  targetRefName: BUILD_SOURCEBRANCH,
  title,
  description: 'Asked for by a self-service action in Port.',
});
console.log(`Pull request ${pullRequestId} has ${path}`);
const page = `${project}/_git/${repository}/pullrequest/${pullRequestId}`;
console.log(`##vso[task.setvariable variable=url;isOutput=true]${page}`);

async function post(resource, body) {
  const answer = await fetch(`${project}/_apis/git/repositories/${repository}/${resource}?api-version=7.1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SYSTEM_ACCESSTOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const json = await answer.json().catch(() => ({}));
  if (answer.status === 201) return json;
  const reason = String(json.message ?? '').replace(/\s+/g, ' ');
  return fail(`POST ${resource} -> ${answer.status} ${reason.replaceAll('##', '# #')}`);
}

function fail(reason) {
  console.log(`##vso[task.logissue type=error]${reason}`);
  process.exit(1);
}
