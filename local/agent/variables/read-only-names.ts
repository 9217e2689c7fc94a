/** Names by what stands before their first dot. */
const readOnlyNames: Readonly<Record<string, string>> = {
  '': 'fix_possible_git_out_of_memory_problem use_git_long_paths use_git_single_thread',
  agent: `
    acceptteeeula builddirectory cainfo clean.builddirectory clientcert clientcertarchive clientcertkey
    clientcertpassword cloudid containerid containermapping containernetwork diagnostic gituseschannel
    homedirectory id isselfhosted jobname jobstatus machinename name os osarchitecture osversion
    proxybypasslist proxypassword proxyurl proxyusername readonlyvariables releasedirectory
    retaindefaultencoding rootdirectory runmode serveromdirectory services skipcertvalidation
    source.git.lfs source.git.shallowfetchdepth source.skip tempdirectory toolsdirectory
    usebasicauthforproxy version workfolder workingdirectory`,
  build: `
    artifactstagingdirectory binariesdirectory buildnumber clean definitionname gated.runci
    gated.shelvesetname repository.clean repository.git.submodulecheckout repository.id
    repository.localpath repository.name repository.provider repository.tfvc.workspace repository.uri
    sourcebranch sourcesdirectory sourcetfvcshelveset sourceversion sourceversionauthor
    sourceversionmessage stagingdirectory syncsources useserverworkspaces`,
  common: 'testresultsdirectory',
  pipeline: 'repository.name workspace',
  release: `
    artifact.download.buffersize artifact.download.parallellimit attemptnumber definitionid
    definitionname disablerobocopy environmentname environmenturi releasedescription releaseid
    releasename releaseuri releaseweburl requestedfor requestedforid robocopymt skipartifactsdownload`,
  system: `
    accesstoken artifactsdirectory collectionid culture debug defaultworkingdirectory definitionid
    definitionname enableaccesstoken hosttype isazurevm isdockercontainer jobattempt jobdisplayname
    jobid jobname phaseattempt phasedisplayname phasename planid prefergitfrompath
    pullrequest.targetbranch selfmanagegitcreds servertype sourceversionmessage stageattempt
    stagedisplayname stagename teamfoundationserveruri teamproject teamprojectid workfolder`,
  task: 'displayname publishtelemetry skiptranslatorforcheckout',
};

/** Whether a name is one of those that no step may set, in any case: the agent's Constants.cs, ReadOnlyVariables. */
export function isReadOnlyName(name: string): boolean {
  const [, group = '', rest = ''] = /^(?:([^.]*)\.)?(.*)$/s.exec(name.toLowerCase()) ?? [];
  return Object.hasOwn(readOnlyNames, group) && readOnlyNames[group]?.split(/\s+/).includes(rest) === true;
}
