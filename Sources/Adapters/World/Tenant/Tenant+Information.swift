/// What the PSA says about itself: zone, versions, limits and entities (`facts/autotask.md` 4.1,
/// 4.7, 4.9).
extension Tenant {
  /// `versioninformation`.
  package static var versionInformation: JSONValue { ["apiVersions": ["1.0"]] }

  /// `zoneInformation` for an API user; `base` is the URL up to and with `ATServicesRest/`.
  package func zoneInformation(user: String?, base: String) throws(Refusal) -> JSONValue {
    guard user?.lowercased() == account.userName.lowercased() else { throw .unknownZone }
    return [
      "zoneName": .string(zoneName),
      "url": .string(base),
      "webUrl": .string(base.replacing("ATServicesRest/", with: "")),
      "ci": .int(customerID),
    ]
  }

  /// `ThresholdInformation`.
  package func thresholdInformation(at now: Int64) -> JSONValue {
    [
      "externalRequestThreshold": .int(Int64(threshold.limit)),
      "requestThresholdTimeframe": .int(Int64(threshold.minutes)),
      "currentTimeframeRequestCount": .int(Int64(threshold.count(at: now))),
    ]
  }

  /// `{Entity}/entityInformation`.
  package func entityInformation(_ entity: EntitySchema) -> JSONValue {
    ["info": information(entity)]
  }

  /// `EntityInformation`: all entities.
  package func allEntityInformation() -> JSONValue {
    ["items": .array(Schema.entities.map(information))]
  }

  private func information(_ entity: EntitySchema) -> JSONValue {
    func access(_ verb: EntitySchema.Verbs) -> JSONValue {
      guard entity.verbs.contains(verb) else { return "None" }
      if verb == .query {
        return entity.name.hasPrefix("ServiceCall") && !permissions.viewsServiceCalls
          ? "None" : "All"
      }
      return entity.name == "Appointments" && !permissions.appointmentsForOthers
        ? "Restricted" : "All"
    }
    return [
      "name": .string(entity.singular),
      "canCreate": .bool(entity.verbs.contains(.create)),
      "canDelete": .bool(entity.verbs.contains(.delete)),
      "canQuery": .bool(entity.verbs.contains(.query)),
      "canUpdate": .bool(entity.verbs.contains(.update)),
      "userAccessForCreate": access(.create),
      "userAccessForDelete": access(.delete),
      "userAccessForQuery": access(.query),
      "userAccessForUpdate": access(.update),
      "hasUserDefinedFields": .bool(entity.hasUserDefinedFields),
      "supportsWebhookCallouts": .bool(entity.supportsWebhooks),
    ]
  }

  /// `{Entity}/entityInformation/fields`.
  package static func fields(of entity: EntitySchema) -> JSONValue {
    let fields = entity.fields.map { field -> JSONValue in
      let reference = field.reference.flatMap(Schema.entity)?.singular
      let choices = field.picklist.map { choices in
        JSONValue.array(
          choices.enumerated().map { place, choice in
            [
              "value": .string(String(choice.value)),
              "label": .string(choice.label),
              "isDefaultValue": .bool(place == 0),
              "sortOrder": .int(Int64(place + 1)),
              "parentValue": "",
              "isActive": true,
              "isSystem": .bool(choice.isSystem),
            ]
          }
        )
      }
      return [
        "name": .string(field.name),
        "dataType": .string(field.type.rawValue),
        "length": .int(Int64(field.length)),
        "isRequired": .bool(field.flags.contains(.required)),
        "isReadOnly": .bool(field.flags.contains(.readOnly)),
        "isQueryable": .bool(!field.flags.contains(.notQueryable)),
        "isReference": .bool(reference != nil),
        "referenceEntityType": .string(reference ?? ""),
        "isPickList": .bool(field.picklist != nil),
        "picklistValues": choices ?? .null,
        "picklistParentValueField": "",
        "isSupportedWebhookField": .bool(entity.supportsWebhooks),
      ]
    }
    return ["fields": .array(fields)]
  }

  /// `{Entity}/entityInformation/userDefinedFields`.
  package static func userDefinedFields(of entity: EntitySchema) -> JSONValue {
    guard entity.hasUserDefinedFields else { return ["fields": []] }
    return [
      "fields": [
        [
          "name": "CustomerRanking",
          "label": "Customer Ranking",
          "type": "string",
          "length": 255,
          "isRequired": false,
          "isReadOnly": false,
          "isQueryable": true,
          "isReference": false,
          "isPickList": false,
          "picklistValues": nil,
        ]
      ]
    ]
  }
}
