/** The kinds that hold a pod or the template of one, by API group: `resource: Kind`. */
const WORKLOADS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    pods: 'Pod',
    podtemplates: 'PodTemplate',
    replicationcontrollers: 'ReplicationController',
  },
  apps: {
    deployments: 'Deployment',
    statefulsets: 'StatefulSet',
    daemonsets: 'DaemonSet',
    replicasets: 'ReplicaSet',
  },
  batch: { jobs: 'Job', cronjobs: 'CronJob' },
};

/**
 * What admission looks at, as Kubernetes and Kyverno's policies in CEL name it. Ephemeral containers come
 * with an update of a part of the pod, which `pods` does not mean.
 */
export const RESOURCE_RULES: readonly object[] = [
  ...Object.entries(WORKLOADS).map(([group, kinds]) => ({
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: Object.keys(kinds),
  })),
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['UPDATE'],
    resources: ['pods/ephemeralcontainers'],
  },
];

/** The same for Kyverno's ClusterPolicy. Its `Pod` means ephemeral containers, too. */
export const KINDS: readonly string[] = Object.entries(WORKLOADS).flatMap(([group, kinds]) =>
  Object.values(kinds).map((kind) => `${group === '' ? '' : `${group}/`}v1/${kind}`),
);
