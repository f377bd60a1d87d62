import AIOpsAPI
import FoundationEssentials
import JSON
import KubernetesModel
import Testing
import YAML

@Suite struct DefinitionTests {
    /// Bounded, typed and documented, all the way down.
    @Test(arguments: CustomResource.all.indices, Schema.Dialect.allCases)
    func everyFieldIsBoundedAndDocumented(index: Int, dialect: Schema.Dialect) throws {
        let definition = CustomResource.all[index].definition(dialect)
        let root = try #require(definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"])
        var fields = 0
        for (name, schema) in root["properties"]?.objectValue ?? [:] where name == "spec" || name == "status" {
            walk(schema, name, dialect, &fields)
        }
        #expect(fields > 20)
    }

    private func walk(_ schema: JSONValue, _ path: String, _ dialect: Schema.Dialect, _ fields: inout Int) {
        fields += 1
        #expect((schema["description"]?.stringValue?.count ?? 0) > 3, "\(path) has no description")
        switch schema["type"]?.stringValue {
        case "string":
            #expect(schema["maxLength"] != nil || schema["enum"] != nil, "\(path) is unbounded")
        case "integer":
            #expect(schema["minimum"] != nil && schema["maximum"] != nil, "\(path) is unbounded")
        case "boolean":
            break
        case "array":
            #expect(schema["maxItems"] != nil, "\(path) is unbounded")
            #expect(schema["x-kubernetes-list-type"] != nil, "\(path) has no list type")
            let items = schema["items"] ?? [:]
            for key in schema["x-kubernetes-list-map-keys"]?.arrayValue ?? [] {
                #expect(items["required"]?.arrayValue?.contains(key) == true, "\(path): key \(key) must be required")
            }
            walk(items, "\(path)[]", dialect, &fields)
        case "object":
            if let value = schema["additionalProperties"] {
                #expect(schema["maxProperties"] != nil, "\(path) is unbounded")
                let rules = schema["x-kubernetes-validations"]?.arrayValue ?? []
                let bounds = rules.filter { $0["rule"]?.stringValue?.contains("size(key) <=") == true }
                #expect(bounds.count == (dialect == .current ? 1 : 0), "the keys of \(path) are unbounded")
                walk(value, "\(path){}", dialect, &fields)
            }
            for (name, value) in schema["properties"]?.objectValue ?? [:] {
                walk(value, "\(path).\(name)", dialect, &fields)
            }
        case let type:
            Issue.record("\(path) has type \(type ?? "none")")
        }
    }

    @Test(arguments: CustomResource.all.indices)
    func theLegacyFormHasNothingOldServersDoNotKnow(index: Int) {
        let text = CustomResource.all[index].definition(.legacy).text
        #expect(!text.contains("x-kubernetes-validations"))
        #expect(!text.contains("selectableFields"))
        #expect(CustomResource.all[index].definition(.current).text.contains("selectableFields"))
    }

    /// Columns, selectable fields and scale paths name fields that exist; a wrong path prints nothing and says nothing.
    @Test(arguments: CustomResource.all.indices)
    func everyPathLeadsToAScalar(index: Int) {
        let resource = CustomResource.all[index]
        #expect(resource.selectableFields.count <= 8)
        var paths = resource.selectableFields + resource.columns.map(\.path)
        if let scale = resource.scale { paths += [scale.specReplicas, scale.statusReplicas, scale.selector] }
        for path in paths where !path.hasPrefix(".metadata.") && !path.contains("[") {
            var schema: Schema? = resource.root
            for step in path.split(separator: ".") { schema = schema?.property(String(step)) }
            #expect(schema?.isScalar == true, "\(path)")
        }
    }

    static let columns = [
        "Problem Model Pool Phase Verdict Steps Tokens Cost Duration Age | Worker Attempt Environment Reason",
        "Desired Ready Busy Queued Circuit Warm Age | Budget Spent Held",
        "Task Model Messages Tokens Cost Complete Age | ",
    ]

    @Test(arguments: CustomResource.all.indices)
    func theColumnsAreThoseOfTheDesign(index: Int) {
        let columns = CustomResource.all[index].columns
        let narrow = columns.filter { !$0.isWide }.map(\.name).joined(separator: " ")
        let wide = columns.filter(\.isWide).map(\.name).joined(separator: " ")
        #expect("\(narrow) | \(wide)" == Self.columns[index])
    }

    /// What is checked in is what the types say, and small enough to be applied by any client.
    @Test(arguments: CustomResource.all.indices, Schema.Dialect.allCases)
    func theFilesAreUpToDateAndSmall(index: Int, dialect: Schema.Dialect) throws {
        let resource = CustomResource.all[index]
        let folder = dialect == .current ? "crds" : "crds/legacy"
        let data = try Data(contentsOf: Repository.root.appending(path: "\(folder)/\(resource.fileName)"))
        #expect(data.count <= 60 * 1024)
        #expect(try YAML.parse(Array(data)) == resource.definition(dialect), "run crdgen and commit the result")
    }

    /// Defaults that servers fill in are those that the operator assumes.
    @Test func defaultsAgree() throws {
        let empty: JSONValue = [
            "problem": ["id": "x"], "environment": ["kind": [:], "retention": [:]], "limits": [:], "retry": [:],
            "approval": [:], "conversation": [:],
        ]
        let filled = try AIOpsTask.Spec(jsonValue: AIOpsTask.Spec.schema.fillingDefaults(empty))
        #expect(filled != (try AIOpsTask.Spec(jsonValue: empty)))
        #expect(filled.effective() == (try AIOpsTask.Spec(jsonValue: empty)).effective())
        let pool: JSONValue = [
            "workers": [:], "queue": [:], "rateLimit": [:], "circuitBreaker": [:], "healthCheck": [:], "retry": [:],
            "providerRetry": [:],
            "environments": [:], "budget": [:], "allowedNamespaces": [:],
        ]
        let filledPool = try WorkerPool.Spec(jsonValue: WorkerPool.Spec.schema.fillingDefaults(pool))
        #expect(filledPool.workers?.replicas == 1)
        #expect(filledPool.effective() == WorkerPool.Spec().effective())
    }
}

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

extension Schema {
    func property(_ name: String) -> Schema? {
        guard case .object(let properties) = shape else { return nil }
        return properties.first { $0.name == name }?.schema
    }

    var isScalar: Bool {
        switch shape {
        case .text, .integer, .boolean: true
        case .object, .list, .map: false
        }
    }

    /// What a server does with an object that lacks fields.
    func fillingDefaults(_ value: JSONValue) -> JSONValue {
        guard case .object(let properties) = shape, case .object(var object) = value else { return value }
        for property in properties {
            if object[property.name] == nil { object[property.name] = property.schema.defaultValue }
            if let present = object[property.name] { object[property.name] = property.schema.fillingDefaults(present) }
        }
        return .object(object)
    }
}
