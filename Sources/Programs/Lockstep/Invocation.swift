/// How the program was called: hints repeat it, so that they can be pasted as they stand.
struct Invocation: Sendable {
  /// The settings file as the person wrote it; nil where it is the usual one.
  let config: String?

  var program: String {
    guard let config else { return "lockstep" }
    return "lockstep --config \(Invocation.quoted(config))"
  }

  /// A sentence whose commands name the settings file too.
  func spelled(_ sentence: String) -> String {
    guard let config else { return sentence }
    return ["'", "`"].reduce(sentence) { text, quote in
      text.replacing("\(quote)lockstep ", with: "\(quote)\(program) ")
    }
    .replacing("--settings FILE", with: "--settings \(Invocation.quoted(config))")
  }

  /// One word for a shell, whatever is in it.
  static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "/._-~+:@%,".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}

extension CommonOptions {
  var invocation: Invocation { Invocation(config: config) }
}
