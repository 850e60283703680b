// AuthorityTestKit
