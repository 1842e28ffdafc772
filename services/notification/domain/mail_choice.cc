#include "services/notification/domain/mail_choice.h"

namespace dm::notification {

// A new optional kind needs a migration too: the table of stopped mails knows them.
absl::string_view OptionalMailName(MessageKind kind) {
  switch (kind) {
    case MessageKind::kHostReminder:
      return "rappel d'une demande qui attend votre réponse";
    case MessageKind::kHostLastReminder:
      return "dernier rappel d'une demande qui attend votre réponse";
    case MessageKind::kOfferReminder:
      return "rappel d'une place qui vous est proposée";
    case MessageKind::kStayTomorrow:
      return "rappel de la veille d'un rendez-vous";
    case MessageKind::kOfferApproved:
      return "annonce qu'une de vos offres est en ligne";
    case MessageKind::kOfferResumed:
      return "annonce qu'une de vos offres est de nouveau en ligne";
    default:
      return "";
  }
}

}  // namespace dm::notification
