export type { Component, ComponentName } from './component.ts';
export { COMPONENT_NAMES, component } from './component-detection.ts';
export { SCHEMAS_VERSION, schemasFolder } from './component-kubernetes.ts';
export { optionalFolder } from './component-programs.ts';
export { type GitHostOptions, type RunningGitHost, startGitHost } from './git-host/index.ts';
export {
  type LocalRegistries,
  type LocalRegistriesOptions,
  type LocalTrust,
  startLocalRegistries,
} from './local-registries.ts';
export {
  type NpmRegistryOptions,
  type RunningNpmRegistry,
  startNpmRegistry,
} from './npm-registry/index.ts';
export {
  type OciRegistryOptions,
  type RunningOciRegistry,
  startOciRegistry,
} from './oci-registry/index.ts';
export {
  type PythonIndexOptions,
  type RunningPythonIndex,
  type RunningTrustingIndex,
  startPythonIndex,
} from './python-index/index.ts';
export { type RawDescriptor, type RawImages, rawImages } from './raw-images.ts';
export { type OciRepository, ociRepository, readPackage } from './read-back.ts';
export { type CraneRegistryOptions, startCraneRegistry } from './real-servers/crane-registry.ts';
export { type DevpiOptions, type RunningDevpi, startDevpi } from './real-servers/devpi.ts';
export {
  type DockerRegistryOptions,
  type RunningRealOciRegistry,
  startDistribution,
  startDockerRegistry,
} from './real-servers/docker-registry.ts';
export { type RunningGitea, startGitea } from './real-servers/gitea.ts';
export {
  type KubernetesAnswer,
  type KubernetesObject,
  type RunningKubernetes,
  startKubernetes,
} from './real-servers/kubernetes/index.ts';
export type { RealServerOptions } from './real-servers/open.ts';
export { type PulpOptions, type RunningPulp, startPulp } from './real-servers/pulp.ts';
export { type PypiserverOptions, startPypiserver } from './real-servers/pypiserver.ts';
export {
  type RealSigstoreOptions,
  type RunningRealSigstore,
  startRealSigstore,
} from './real-servers/sigstore/index.ts';
export { type Recorded, recorded } from './recorded.ts';
export type { Fault, FaultSubject } from './recording-proxy/fault.ts';
export { type AnswersHeld, holdAnswers } from './recording-proxy/hold-answers.ts';
export {
  type RecordingProxyOptions,
  type RunningRecordingProxy,
  startRecordingProxy,
} from './recording-proxy/index.ts';
export { createInterceptor, type Interceptor } from './recording-proxy/interceptor.ts';
export type { RecordedRequest } from './recording-proxy/record.ts';
export { countByKind, serialRoundTrips } from './recording-proxy/round-trips.ts';
export type { Running } from './running.ts';
export { type ArtifactoryNpmOptions, startArtifactoryNpm } from './stand-ins/artifactory-npm.ts';
export {
  type GithubOptions,
  type GithubRepositoryOptions,
  type RunningGithub,
  startGithub,
} from './stand-ins/github/index.ts';
export { startGithubPackages } from './stand-ins/github-packages.ts';
export { type GitlabNpmOptions, startGitlabNpm } from './stand-ins/gitlab-npm.ts';
export { type GitlabPypiOptions, startGitlabPypi } from './stand-ins/gitlab-pypi.ts';
export type { ClaimChanges, GithubClaims } from './stand-ins/identity/github-claims.ts';
export {
  type IdentityFault,
  type IdentityIssuerOptions,
  type IdentityRequest,
  type RunningIdentityIssuer,
  startIdentityIssuer,
} from './stand-ins/identity/index.ts';
export { startNexusNpm } from './stand-ins/nexus-npm.ts';
export type { RunningNpmStandIn } from './stand-ins/npm-stand-in.ts';
export type { IssuedCertificate, TrustedIssuer } from './stand-ins/sigstore/fulcio.ts';
export {
  type RefusedRequest,
  type RunningSigstore,
  type SigstoreOptions,
  startSigstore,
} from './stand-ins/sigstore/index.ts';
export type { LoggedEntry } from './stand-ins/sigstore/rekor.ts';
export type { TrustedPublisher } from './trusted-publishing/trusted-publisher.ts';
