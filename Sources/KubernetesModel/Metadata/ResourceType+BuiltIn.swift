/// The kinds of Kubernetes itself that the operator reads, makes or hands out rights for.
extension ResourceType {
    package static let configMaps = ConfigMap.resourceType
    package static let secrets = Secret.resourceType
    package static let pods = Pod.resourceType
    package static let services = Service.resourceType
    package static let endpoints = Endpoints.resourceType
    package static let namespaces = Namespace.resourceType
    package static let nodes = Node.resourceType
    package static let serviceAccounts = ServiceAccount.resourceType
    package static let deployments = Deployment.resourceType
    package static let jobs = Job.resourceType
    package static let leases = Lease.resourceType
    package static let events = Event.resourceType
    package static let resourceQuotas = core("ResourceQuota", "resourcequotas")
    package static let limitRanges = core("LimitRange", "limitranges")
    package static let persistentVolumeClaims = core("PersistentVolumeClaim", "persistentvolumeclaims")
    package static let persistentVolumes = core("PersistentVolume", "persistentvolumes", isNamespaced: false)
    package static let replicationControllers = core("ReplicationController", "replicationcontrollers")
    package static let coreEvents = core("Event", "events")
    package static let replicaSets = apps("ReplicaSet", "replicasets")
    package static let statefulSets = apps("StatefulSet", "statefulsets")
    package static let daemonSets = apps("DaemonSet", "daemonsets")
    package static let cronJobs = ResourceType(group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs")
    package static let networkPolicies = networking("NetworkPolicy", "networkpolicies")
    package static let ingresses = networking("Ingress", "ingresses")
    package static let endpointSlices = ResourceType(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices")
    package static let roles = rbac("Role", "roles")
    package static let roleBindings = rbac("RoleBinding", "rolebindings")
    package static let clusterRoles = rbac("ClusterRole", "clusterroles", isNamespaced: false)
    package static let clusterRoleBindings = rbac("ClusterRoleBinding", "clusterrolebindings", isNamespaced: false)
    package static let podDisruptionBudgets = ResourceType(
        group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets")
    package static let horizontalPodAutoscalers = ResourceType(
        group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers")
    package static let customResourceDefinitions = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", isNamespaced: false)

    /// Every kind named above.
    package static let builtIn: [ResourceType] = [
        configMaps, secrets, pods, services, endpoints, namespaces, nodes, serviceAccounts, deployments, jobs, leases,
        events, resourceQuotas, limitRanges, persistentVolumeClaims, persistentVolumes, replicationControllers,
        coreEvents, replicaSets, statefulSets, daemonSets, cronJobs, networkPolicies, ingresses, endpointSlices, roles,
        roleBindings, clusterRoles, clusterRoleBindings, podDisruptionBudgets, horizontalPodAutoscalers,
        customResourceDefinitions,
    ]

    /// The type of a manifest; nil for kinds that only discovery can tell.
    package static func builtIn(apiVersion: String, kind: String) -> ResourceType? {
        builtIn.first { $0.kind == kind && $0.apiVersion == apiVersion }
    }

    private static func core(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(group: "", version: "v1", kind: kind, plural: plural, isNamespaced: isNamespaced)
    }

    private static func apps(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "apps", version: "v1", kind: kind, plural: plural)
    }

    private static func networking(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "networking.k8s.io", version: "v1", kind: kind, plural: plural)
    }

    private static func rbac(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(
            group: "rbac.authorization.k8s.io", version: "v1", kind: kind, plural: plural, isNamespaced: isNamespaced)
    }
}
