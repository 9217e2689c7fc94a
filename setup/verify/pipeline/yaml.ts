/** Steps and jobs of the probe pipeline by the names that its questions find them by. */
export const names = {
  report: 'verify reports',
  failing: 'verify fails',
  jobs: { steps: 'steps', failing: 'fails', skipped: 'skipped', hooks: 'hooks' },
} as const;

/**
 * A pipeline that deploys nothing and fails where it has to, for a person to put into a repository and run.
 * @param connection of the tasks
 * @param wait how long its first job goes on after the step that fails, in seconds: that long its log can be asked for
 */
export const probePipeline = (
  connection: string,
  wait = 40,
): string => `# The probe pipeline of "port-azure-pipelines verify". It deploys nothing. Commit it, make a pipeline of it in Azure DevOps,
# start "port-azure-pipelines verify --pipeline NAME", and run it by hand. Delete the pipeline and its environment
# verify-azure afterwards. Set "pool" where the default one is not yours.
trigger: none
pr: none

variables:
  System.Debug: true

jobs:
  - job: ${names.jobs.steps}
    steps:
      - checkout: none
      - task: PortRunStatus@1
        displayName: ${names.report}
        inputs:
          portConnection: ${connection}
      - script: exit 1
        displayName: ${names.failing}
        continueOnError: true
      - script: sleep ${wait} || ping -n ${wait} 127.0.0.1
        displayName: verify waits

  - job: ${names.jobs.failing}
    continueOnError: true
    steps:
      - checkout: none
      - script: exit 1

  - job: ${names.jobs.skipped}
    condition: false
    steps:
      - checkout: none

  - deployment: ${names.jobs.hooks}
    environment: verify-azure
    strategy:
      runOnce:
        preDeploy:
          steps:
            - script: echo before
        deploy:
          steps:
            - script: echo deploy
`;
