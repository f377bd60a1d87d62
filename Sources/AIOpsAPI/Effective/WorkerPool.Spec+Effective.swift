extension WorkerPool.Spec {
    package func effective() -> EffectivePool {
        EffectivePool(
            backend: workers?.backend ?? .internal,
            replicas: workers?.replicas ?? 1,
            maxTasksPerWorker: workers?.maxTasksPerWorker ?? 1,
            endpoints: workers?.endpoints ?? [],
            routes: routes ?? [],
            balancing: balancing ?? .roundRobin,
            queueMaxSize: queue?.maxSize ?? 10_000,
            fairness: queue?.fairness ?? .namespace,
            ageingSeconds: queue?.ageingSeconds ?? 300,
            requestsPerMinute: rateLimit?.requestsPerMinute ?? 100,
            burst: rateLimit?.burst ?? 20,
            failureThreshold: circuitBreaker?.failureThreshold ?? 5,
            openSeconds: circuitBreaker?.openSeconds ?? 60,
            halfOpenProbes: circuitBreaker?.halfOpenProbes ?? 1,
            healthPath: healthCheck?.path ?? "/health",
            healthIntervalSeconds: healthCheck?.intervalSeconds ?? 30,
            healthTimeoutSeconds: healthCheck?.timeoutSeconds ?? 5,
            retryLimit: retry?.limit ?? 3,
            retryInitialDelaySeconds: retry?.initialDelaySeconds ?? 1,
            retryMultiplier: retry?.multiplier ?? 2,
            deadLetter: retry?.deadLetter ?? .keep,
            environmentType: environments?.type ?? .namespace,
            warmEnvironments: environments?.warm ?? 0,
            maxEnvironments: environments?.maxTotal,
            budgetNanos: budget?.maxCost?.nanos,
            budgetWindowSeconds: budget?.windowSeconds ?? 86_400,
            namespacePolicy: allowedNamespaces?.from ?? .same,
            namespaceLabels: allowedNamespaces?.matchLabels ?? [:],
            stopPolicy: stopPolicy ?? .run)
    }
}
