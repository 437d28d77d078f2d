/// Knows from the pace of answers when to ask how much of the tenant's allowance is used.
///
/// From three quarters on the PSA holds each answer back by a second (`autotask.md` 4.7). So a
/// quicker answer shows that there is room and costs nothing; only slow ones are worth a request.
struct AllowanceWatch {
  private static let delay: Duration = .seconds(1)
  /// A slow network answers slowly too: it is not asked about at each step.
  private static let answersBetweenQuestions = 100

  /// Whether three quarters may be used: the last answer took its second.
  private(set) var isSlow = false
  private var answersSinceQuestion: Int?

  mutating func noteAnswer(after time: Duration) {
    isSlow = time >= AllowanceWatch.delay
    answersSinceQuestion = answersSinceQuestion.map { $0 + 1 }
  }

  mutating func noteQuestion() { answersSinceQuestion = 0 }

  /// Whether nobody asked for a while.
  var isDue: Bool { answersSinceQuestion ?? .max >= AllowanceWatch.answersBetweenQuestions }
}
