import { webhook } from '../support/loop-run.ts';

/** A pipeline on a pool of Windows whose first step tracks the run in Port. @param inputs more lines of that step */
export const trackedOnWindows = (inputs: string, steps: string): string => `
trigger: none
${webhook}
pool:
  vmImage: windows-latest
steps:
- task: PortRunStatus@1
  displayName: Report
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    status: track
${inputs}
${steps}
`;
