/// Replies with everything in them that the readers know, for garbling.
enum ReplySamples {
  /// An occurrence's master with people, exceptions and a zone of its own.
  static let series = """
    <t:CalendarItem><t:ItemId Id="AAMkAD=" ChangeKey="CK"/><t:ParentFolderId Id="F" ChangeKey="1"/>\
    <t:ItemClass>IPM.Appointment</t:ItemClass><t:Subject>Weekly &amp; more</t:Subject>\
    <t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="Text" IsTruncated="false">Größe\
    </t:Body><t:Categories><t:String>Red</t:String></t:Categories>\
    <t:ReminderIsSet>true</t:ReminderIsSet>\
    <t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>\
    <t:DateTimeCreated>2026-03-01T12:00:00Z</t:DateTimeCreated>\
    <t:LastModifiedTime>2026-03-01T12:00:00Z</t:LastModifiedTime><t:ExtendedProperty>\
    <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-lockstep" \
    PropertyType="String"/><t:Value>lockstep1;appointment;7;42;abc</t:Value></t:ExtendedProperty>\
    <t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" \
    PropertyType="Binary"/><t:Value>BAAAAIIA4AB0xbcQGoLgCAAAAAA=</t:Value></t:ExtendedProperty>\
    <t:UID>040000008200E00074C5B7101A82E008</t:UID><t:Start>2026-03-02T08:00:00Z</t:Start>\
    <t:End>2026-03-02T09:00:00Z</t:End><t:IsAllDayEvent>false</t:IsAllDayEvent>\
    <t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus><t:Location>Room 2</t:Location>\
    <t:IsMeeting>true</t:IsMeeting><t:IsCancelled>false</t:IsCancelled>\
    <t:CalendarItemType>RecurringMaster</t:CalendarItemType>\
    <t:MyResponseType>Accept</t:MyResponseType><t:Organizer><t:Mailbox><t:Name>Ada</t:Name>\
    <t:EmailAddress>ada@example.com</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>\
    </t:Organizer><t:RequiredAttendees><t:Attendee><t:Mailbox><t:Name>Bob</t:Name>\
    <t:EmailAddress>bob@example.com</t:EmailAddress></t:Mailbox>\
    <t:ResponseType>Tentative</t:ResponseType></t:Attendee></t:RequiredAttendees><t:Recurrence>\
    <t:RelativeMonthlyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>\
    <t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence><t:NumberedRecurrence>\
    <t:StartDate>2026-03-02</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences>\
    </t:NumberedRecurrence></t:Recurrence><t:ModifiedOccurrences><t:Occurrence>\
    <t:ItemId Id="O1" ChangeKey="1"/><t:Start>2026-05-25T08:00:00Z</t:Start>\
    <t:End>2026-05-25T09:00:00Z</t:End><t:OriginalStart>2026-05-25T07:00:00Z</t:OriginalStart>\
    </t:Occurrence></t:ModifiedOccurrences><t:DeletedOccurrences><t:DeletedOccurrence>\
    <t:Start>2026-07-27T07:00:00Z</t:Start></t:DeletedOccurrence></t:DeletedOccurrences>\(zone)\
    </t:CalendarItem>
    """

  static let zone = """
    <t:StartTimeZone Id="tzone://Microsoft/Custom"><t:Periods><t:Period Bias="PT12H" Id="S"/>\
    <t:Period Bias="-PT11H30M" Id="D"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">\
    <t:RecurringDayTransition><t:To Kind="Period">D</t:To><t:TimeOffset>PT2H</t:TimeOffset>\
    <t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence>\
    </t:RecurringDayTransition><t:RecurringDateTransition><t:To Kind="Period">S</t:To>\
    <t:TimeOffset>PT3H</t:TimeOffset><t:Month>10</t:Month><t:Day>31</t:Day>\
    </t:RecurringDateTransition></t:TransitionsGroup></t:TransitionsGroups><t:Transitions>\
    <t:Transition><t:To Kind="Group">0</t:To></t:Transition><t:AbsoluteDateTransition>\
    <t:To Kind="Group">0</t:To><t:DateTime>2026-01-01T00:00:00</t:DateTime>\
    </t:AbsoluteDateTransition></t:Transitions></t:StartTimeZone>
    """

  /// Days that only a zone's definition tells.
  static let allDay = Fixture.appointment(
    times: """
      <t:Start>2026-06-30T22:00:00Z</t:Start><t:End>2026-07-01T22:00:00Z</t:End>\
      <t:IsAllDayEvent>true</t:IsAllDayEvent>
      """,
    zone: zone
  )

  static let contact = """
    <t:Contact><t:ItemId Id="C1" ChangeKey="K1"/><t:ParentFolderId Id="F" ChangeKey="1"/>\
    <t:ItemClass>IPM.Contact</t:ItemClass><t:LastModifiedTime>2026-03-01T12:00:00Z\
    </t:LastModifiedTime><t:FileAs>Doe, Jane</t:FileAs><t:GivenName>Jane</t:GivenName>\
    <t:EmailAddresses><t:Entry Key="EmailAddress1" Name="Jane" RoutingType="SMTP">\
    SMTP:jane@example.com</t:Entry></t:EmailAddresses><t:PhysicalAddresses>\
    <t:Entry Key="Business"><t:Street>1 Main</t:Street><t:PostalCode>53111</t:PostalCode></t:Entry>\
    </t:PhysicalAddresses><t:PhoneNumbers><t:Entry Key="MobilePhone">+49 2</t:Entry>\
    </t:PhoneNumbers><t:Surname>Doe</t:Surname></t:Contact>
    """

  static let items = Fixture.envelope(
    Fixture.items(series, allDay, Fixture.appointment(id: "B="))
  )

  static let contacts = Fixture.envelope(Fixture.items(contact))

  static let changes = Fixture.envelope(
    Fixture.response(
      "SyncFolderItems",
      Fixture.message(
        "SyncFolderItems",
        """
        <m:SyncState>H4sIAAAA</m:SyncState>\
        <m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes><t:Create>\
        <t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/></t:CalendarItem></t:Create><t:Update>\
        <t:CalendarItem><t:ItemId Id="B" ChangeKey="2"/></t:CalendarItem></t:Update><t:Delete>\
        <t:ItemId Id="C" ChangeKey="3"/></t:Delete><t:ReadFlagChange><t:ItemId Id="D"/>\
        </t:ReadFlagChange></m:Changes>
        """
      )
    )
  )

  static let folders = Fixture.envelope(
    Fixture.response(
      "FindFolder",
      Fixture.message(
        "FindFolder",
        """
        <m:RootFolder IndexedPagingOffset="1" TotalItemsInView="1" IncludesLastItemInRange="true">\
        <t:Folders><t:CalendarFolder><t:FolderId Id="FID" ChangeKey="A"/>\
        <t:ParentFolderId Id="ROOT"/><t:FolderClass>IPF.Appointment</t:FolderClass>\
        <t:DisplayName>Calendar</t:DisplayName><t:TotalCount>3</t:TotalCount><t:ExtendedProperty>\
        <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" \
        PropertyName="x-lockstep-folder" PropertyType="String"/>\
        <t:Value>lockstep1;42;7;agent;12;desk</t:Value></t:ExtendedProperty><t:EffectiveRights>\
        <t:CreateContents>true</t:CreateContents><t:Modify>true</t:Modify></t:EffectiveRights>\
        </t:CalendarFolder></t:Folders></m:RootFolder>
        """
      )
    )
  )

  static let configuration = Fixture.envelope(
    Fixture.response(
      "GetUserConfiguration",
      Fixture.message(
        "GetUserConfiguration",
        """
        <m:UserConfiguration><t:Dictionary><t:DictionaryEntry><t:DictionaryKey>\
        <t:Type>String</t:Type><t:Value>timezone</t:Value></t:DictionaryKey><t:DictionaryValue>\
        <t:Type>String</t:Type><t:Value>Tokyo Standard Time</t:Value></t:DictionaryValue>\
        </t:DictionaryEntry></t:Dictionary></m:UserConfiguration>
        """
      )
    )
  )

  /// Troubles: a fault, a throttled answer, one with details.
  static let faults = [
    Fixture.envelope(Fixture.fault("ErrorServerBusy", detail: backOff)),
    Fixture.envelope(
      Fixture.response(
        "GetItem",
        Fixture.message(
          "GetItem",
          "<m:Items/>",
          code: "ErrorInternalServerError",
          text: "No",
          xml: "<m:MessageXml>\(backOff)</m:MessageXml>"
        )
      )
    ),
  ]

  private static let backOff = """
    <t:Value Name="BackOffMilliseconds">30000</t:Value>\
    <t:Value Name="InnerErrorResponseCode">ErrorTimeoutExpired</t:Value>
    """
}
