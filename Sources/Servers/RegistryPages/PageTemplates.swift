internal import Mustache

/// The templates and files that are part of the program (`Files`).
package struct PageTemplates: Sendable {
  private let library: MustacheLibrary

  /// Throws where a template cannot be read, which no admin can mend.
  package init() throws {
    var templates: [String: MustacheTemplate] = [:]
    for (name, bytes) in PageTemplates.sources {
      templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
    library = MustacheLibrary(templates: templates)
  }

  /// Everything that a view holds is escaped.
  func page(_ name: String, _ view: some Sendable) throws(MissingTemplate) -> String {
    guard let text = library.render(view, withTemplate: name) else {
      throw MissingTemplate(description: "There is no page template \(name).")
    }
    return text
  }

  /// What is served beside the pages, by path: type and bytes.
  package static let files: [String: (type: String, bytes: [UInt8])] = [
    "/style.css": ("text/css; charset=utf-8", PackageResources.style_css),
    "/script.js": ("text/javascript; charset=utf-8", PackageResources.script_js),
    "/icon.svg": ("image/svg+xml", PackageResources.icon_svg),
  ]

  private static let sources: [String: [UInt8]] = [
    "attempt": PackageResources.attempt_mustache,
    "attempt-list": PackageResources.attempt_list_mustache,
    "attempts": PackageResources.attempts_mustache,
    "audit": PackageResources.audit_mustache,
    "brief": PackageResources.brief_mustache,
    "layout": PackageResources.layout_mustache,
    "moment": PackageResources.moment_mustache,
    "pager": PackageResources.pager_mustache,
    "preview": PackageResources.preview_mustache,
    "problem": PackageResources.problem_mustache,
    "resource": PackageResources.resource_mustache,
    "resource-list": PackageResources.resource_list_mustache,
    "resources": PackageResources.resources_mustache,
    "settings": PackageResources.settings_mustache,
    "sign-in": PackageResources.sign_in_mustache,
    "strip": PackageResources.strip_mustache,
  ]
}

struct MissingTemplate: Error, CustomStringConvertible {
  let description: String
}
