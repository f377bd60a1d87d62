import Environments
import Problems
import Testing

struct CatalogueTests {
    @Test func theBuiltInCatalogueIsSoundAndHoldsTheseIds() throws {
        #expect(
            try Catalogue.builtin().ids == [
                "shop_lite_target_port-misconfig-detection-1", "shop_lite_target_port-misconfig-localization-1",
                "shop_lite_target_port-misconfig-analysis-1", "shop_lite_target_port-misconfig-mitigation-1",
                "noop_detection_shop_lite-1",
            ])
    }

    @Test(arguments: TaskType.allCases)
    func theTaskTypeFollowsFromTheEntry(_ type: TaskType) throws {
        let problem = try Catalogue.builtin().problem("shop_lite_target_port-misconfig-\(type.idWord)-1")
        #expect(problem.taskType == type)
        #expect(
            problem.fault == .targetPort(TargetPortMisconfiguration(service: "store", from: 8080, to: 9999)))
        #expect(problem.truth.components == [["store"]] && problem.truth.anomaly)
        #expect(problem.truth.systemLevel == "Virtualization" && problem.truth.faultType == "Misconfiguration")
    }

    @Test func theTwinHasNoFault() throws {
        let problem = try Catalogue.builtin().problem("noop_detection_shop_lite-1")
        #expect(problem.fault == .none && problem.truth == Truth(anomaly: false))
    }

    /// A task's own parameters move the fault and the truth alike.
    @Test func parametersMoveFaultAndTruth() throws {
        let catalogue = try Catalogue.builtin()
        let id = "shop_lite_target_port-misconfig-localization-1"
        let problem = try catalogue.problem(id, parameters: ["service": "cart", "port": "7001", "wrongPort": "7002"])
        #expect(problem.fault == .targetPort(TargetPortMisconfiguration(service: "cart", from: 7001, to: 7002)))
        #expect(problem.truth.components == [["cart"]])
        #expect(problem.application == .shopLite(ShopLite(port: 7001)))
        #expect(try problem.revision != catalogue.problem(id).revision)
    }

    @Test(arguments: [
        ["service": "nothing"], ["wrongPort": "8080"], ["wrongPort": "70000"], ["port": "80"], ["port": "many"],
        ["colour": "red"],
    ])
    func badParametersAreTheUsers(_ parameters: [String: String]) throws {
        let catalogue = try Catalogue.builtin()
        #expect {
            try catalogue.problem("shop_lite_target_port-misconfig-detection-1", parameters: parameters)
        } throws: { error in
            guard let error = error as? ProblemError, case .invalidParameter = error else { return false }
            return error.isUserError && !error.isRetryable && parameters.keys.allSatisfy { "\(error)".contains($0) }
        }
    }

    @Test(arguments: [
        ("shop_lite_target_port-misconfig-detction-1", "shop_lite_target_port-misconfig-detection-1"),
        ("Noop_Detection_Shop_Lite-1", "noop_detection_shop_lite-1"),
    ])
    func anUnknownIdIsAnsweredWithTheClosest(_ wrong: String, _ right: String) throws {
        let catalogue = try Catalogue.builtin()
        #expect {
            try catalogue.problem(wrong)
        } throws: { error in
            guard case .unknownProblem(_, let suggestions)? = error as? ProblemError else { return false }
            return suggestions.first == right && suggestions.count <= 3 && "\(error)".contains(right)
        }
    }

    @Test(arguments: [
        "x", "", "a completely different text that is like nothing here", String(repeating: "y", count: 5000),
    ])
    func nothingIsSuggestedWhenNothingIsNear(_ id: String) throws {
        let catalogue = try Catalogue.builtin()
        #expect {
            try catalogue.problem(id)
        } throws: { error in
            guard case .unknownProblem(_, let suggestions)? = error as? ProblemError else { return false }
            return suggestions.isEmpty
        }
    }

    private static let good = """
        problems:
          - id: mine-{task}
            tasks: [Detection, Localization]
            application: {name: shop-lite}
            fault: {kind: TargetPortMisconfiguration, service: cart, from: 8080, to: 1}
            truth: {anomaly: "Yes", components: [[cart, basket]], systemLevel: Virtualization, faultType: Misconfiguration}
        """

    @Test func aFileOfUsersIsAdded() throws {
        var catalogue = try Catalogue.builtin()
        try catalogue.add(Array(Self.good.utf8), file: "mine.yaml")
        #expect(catalogue.contains("mine-detection") && catalogue.contains("mine-localization"))
        #expect(try catalogue.problem("mine-localization").truth.components == [["cart", "basket"]])
    }

    /// What is wrong, where it is said to be, and a word of the message.
    @Test(arguments: [
        ("kind: TargetPortMisconfiguration", "kind: Sabotage", "fault.kind", "none of"),
        ("service: cart", "service: till", "fault.service", "none of"),
        ("to: 1}", "to: 8080}", "fault.to", "right port"),
        ("to: 1}", "to: one}", "fault.to", "a number"),
        ("to: 1}", "to: 1, extra: 2}", "fault.extra", "unknown key"),
        ("to: 1}", "to: \"${nowhere}\"}", "fault.to", "no parameter"),
        ("name: shop-lite", "name: shop-heavy", "application.name", "none of"),
        ("[Detection, Localization]", "[Detection, Gardening]", "tasks[1]", "none of"),
        ("[Detection, Localization]", "[]", "tasks", "no task type"),
        ("mine-{task}", "mine", "id", "{task}"),
        ("\"Yes\"", "\"No\"", "truth.anomaly", "there is a fault"),
        ("[[cart, basket]]", "[]", "truth.components", "faulty"),
        ("Virtualization", "Clouds", "truth.systemLevel", "none of"),
        ("    truth:", "    truht:", "truht", "unknown key"),
    ])
    func mistakesAreNamedWhereTheyAre(_ from: String, _ to: String, _ path: String, _ word: String) throws {
        let broken = "# a comment\n\n" + Self.good.replacing(from, with: to)
        var catalogue = Catalogue()
        #expect {
            try catalogue.add(Array(broken.utf8), file: "mine.yaml")
        } throws: { error in
            guard case .invalidDefinition(let place, let where_, let message)? = error as? ProblemError else {
                return false
            }
            return place == "mine.yaml:4" && where_.hasSuffix(path) && message.contains(word)
        }
        #expect(catalogue.ids.isEmpty)
    }

    @Test func brokenYAMLIsNamedByItsLine() throws {
        var catalogue = Catalogue()
        #expect {
            try catalogue.add(Array("problems:\n  - id: [".utf8), file: "mine.yaml")
        } throws: { error in
            guard case .invalidDefinition(let place, _, _)? = error as? ProblemError else { return false }
            return place.hasPrefix("mine.yaml:")
        }
    }

    @Test func noIdIsGivenTwice() throws {
        var catalogue = Catalogue()
        try catalogue.add(Array(Self.good.utf8), file: "one.yaml")
        #expect(throws: ProblemError.self) { try catalogue.add(Array(Self.good.utf8), file: "two.yaml") }
        #expect(catalogue.ids.count == 2)
    }
}
